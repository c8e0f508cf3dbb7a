// The signer's page: fill in, look again, type the passphrase, sign.  It keeps no passphrase.
"use strict";

const RANK = { routine: "日常 routine", notice: "通知 notice", warning: "警告 warning", danger: "危险 danger" };
const REASON = { false_alarm: "误报 false alarm", over: "险情解除 over", corrected: "更正 corrected" };
const LIVE = "实播 LIVE — 全村会当真 · the village will take it for real";
const DRILL = "演练 DRILL — 播报前后都会说明是演练 · said to be a drill before and after";
const SLOT = { number: "数字 number", place: "地点编号 place", time: "时间 time, 20:40" };
const EVERYBODY = "所有终端 everybody";

const at = (id) => document.getElementById(id);
let choices, looked;

start();

async function start() {
  choices = await ask("GET", "/api/choices");
  choices.keys.forEach(addKey);
  fill("rank", choices.ranks.map((rank) => [rank, RANK[rank] || rank]), "notice");
  fill("template", choices.templates.map((one) => [one.number, `${one.number} · ${one.zh}`])
    .concat([["", "自由文字 · free text"]]));
  const targets = choices.targets.map((one) => [one.target, one.target === "all" ? EVERYBODY : `${one.name} (${one.target})`]);
  fill("target", targets);
  fill("w-target", targets);
  fill("w-reason", choices.reasons.map((reason) => [reason, REASON[reason] || reason]));
  at("valid_min").max = choices.most_valid_min;
  at("repeats").max = choices.most_repeats;
  at("template").addEventListener("change", showSpoken);
  at("rank").addEventListener("change", () => { at("emergency").checked = at("rank").value === "danger"; });
  at("compose").addEventListener("submit", handled(look));
  at("sign").addEventListener("submit", handled(sign));
  at("withdraw-form").addEventListener("submit", handled(withdraw));
  at("back").addEventListener("click", backToCompose);
  showSpoken();
}

function addKey(key) {
  const label = at("key-choice").content.firstElementChild.cloneNode(true);
  label.classList.add(kindOf(key.drill));
  label.querySelector("input").value = key.name;
  label.querySelector("b").textContent = key.drill ? "演练 DRILL" : "实播 LIVE";
  label.querySelector("span").textContent = key.name;
  label.addEventListener("change", () => showKind(key.drill));
  at("keys").append(label);
}

function showKind(drill) {
  document.body.className = kindOf(drill);
  at("banner").textContent = drill ? DRILL : LIVE;
}

function showSpoken() {
  const known = choices.templates.find((one) => String(one.number) === at("template").value);
  at("free").hidden = Boolean(known);
  at("spoken").textContent = known ? `${known.zh}  ${known.en}` : "";
  at("slots").replaceChildren(...(known ? known.slots : []).map(slotInput));
}

function slotInput(kind, place) {
  const label = document.createElement("label"), input = document.createElement("input");
  label.append(`{${place}} ${SLOT[kind]} `, input);
  input.required = true;
  input.maxLength = 8;
  return label;
}

async function look() {
  const order = wish();
  const seen = await ask("POST", "/api/look", order);
  looked = { order, look: seen.look };
  showKind(seen.drill);
  at("heard-zh").textContent = `♪ ${seen.zh} ♪`;
  at("heard-en").textContent = seen.en;
  showFacts([
    ["级别 Rank", RANK[seen.rank] || seen.rank], ["对象 To", seen.who === "everybody" ? EVERYBODY : seen.who],
    ["遍数 Times", seen.repeats], ["有效 Valid", `${seen.valid_min} 分钟 min`],
    ["音量 Volume", seen.volume === "emergency" ? "最大 emergency" : "正常 normal"],
    ["类别 Event", seen.event], ...(seen.text_form ? [["文字 Text", seen.text_form]] : []),
  ]);
  at("sign-button").textContent = seen.drill ? "签发演练 · Sign the DRILL" : "签发实播 · Sign it LIVE";
  at("compose").hidden = true;
  at("look").hidden = false;
  at("passphrase").focus();
}

function wish() {
  const template = at("template").value;
  const key = document.querySelector("input[name=key]:checked");
  return {
    key: key ? key.value : "",
    rank: at("rank").value,
    target: at("target").value,
    valid_min: Number(at("valid_min").value),
    repeats: Number(at("repeats").value),
    emergency: at("emergency").checked,
    template: template ? Number(template) : null,
    text: template ? null : at("text").value,
    slots: [...at("slots").querySelectorAll("input")].map((input) => input.value.trim()),
    event: null,
  };
}

function showFacts(facts) {
  at("facts").replaceChildren(...facts.flatMap(([name, value]) => [cell("dt", name), cell("dd", value)]));
}

async function sign() {
  const passphrase = taken("passphrase");
  const signed = await ask("POST", "/api/sign", { ...looked, passphrase });
  addRow(signed, looked.order.target);
  backToCompose();
}

async function withdraw() {
  const form = { name: at("w-name").value.trim(), target: at("w-target").value, reason: at("w-reason").value };
  const signed = await ask("POST", "/api/withdraw", { ...form, passphrase: taken("w-passphrase") });
  addRow(signed, form.target, `撤销 withdraws ${form.name}`);
}

// The field is emptied before the request leaves, whatever becomes of it.
function taken(id) {
  const typed = at(id).value;
  at(id).value = "";
  return typed;
}

function backToCompose() {
  looked = undefined;
  at("look").hidden = true;
  at("compose").hidden = false;
}

function addRow(signed, target, note = "") {
  const row = document.createElement("tr");
  row.append(cell("td", signed.name), cell("td", target), document.createElement("td"), document.createElement("td"));
  showOutcome(row, signed, note);
  at("rows").prepend(row);
  at("signed").hidden = false;
}

// What is known is said, and nothing more: at the gateway is not yet in the village.
function showOutcome(row, signed, note) {
  const [, , outcome, action] = row.children;
  outcome.className = signed.at_gateway ? "" : "unknown";
  outcome.textContent = [note, signed.at_gateway
    ? "已到网关，各终端进展见网关页面 · at the gateway; its page shows each Box"
    : `已签名，但不知网关是否收到 · signed; whether the gateway has it is not known: ${signed.why}`].join(" ");
  action.replaceChildren();
  if (signed.at_gateway) return;
  const again = cell("button", "再发一次 · Send again");
  again.className = "plain";
  again.addEventListener("click", handled(async () => {
    showOutcome(row, await ask("POST", "/api/send-again", { name: signed.name }), note);
  }));
  action.append(again);
}

function handled(work) {
  return async (event) => {
    event.preventDefault();
    const button = event.submitter || event.currentTarget;
    button.disabled = true;
    say("");
    try {
      await work();
    } catch (why) {
      say(why.message);
    } finally {
      button.disabled = false;
    }
  };
}

async function ask(method, path, body) {
  const request = { method, credentials: "same-origin" };
  if (body) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  const answer = await fetch(path, request).catch(() => {
    throw new Error("签发程序没有回应 · the signer does not answer; is it running?");
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.detail || `status ${answer.status}`);
  return said;
}

function say(words) {
  at("problem").textContent = words;
  at("problem").hidden = !words;
}

function fill(id, options, chosen) {
  at(id).replaceChildren(...options.map(([value, words]) => new Option(words, value, value === chosen, value === chosen)));
}

function cell(tag, words) {
  const made = document.createElement(tag);
  made.textContent = words;
  return made;
}

function kindOf(drill) {
  return drill ? "drill" : "live";
}
