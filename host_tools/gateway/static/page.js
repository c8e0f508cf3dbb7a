"use strict";
// What the county's desk sees.  Everything from outside becomes text, never markup.

const SILENT_S = 100, DEAF_MS = 12000, AGAIN_MS = 3000, BELL_MS = 4000;

const WORDS = {
  help: ["求助", "Help"], fire: ["火情", "Fire"], flood: ["水情", "Flood"], medical: ["急病", "Medical"],
  helped: ["已得到救助", "helped"], false_alarm: ["误报", "false alarm"], duplicate: ["重复呼叫", "duplicate"],
  cancelled_by_caller: ["本人取消", "cancelled by the caller"],
  routine: ["日常", "routine"], notice: ["通知", "notice"], warning: ["预警", "warning"], danger: ["危险", "danger"],
  over: ["已解除", "over"], corrected: ["更正", "corrected"],
  none: ["", ""], test: ["测试", "test"], flash_flood: ["山洪", "flash flood"], river_flood: ["洪水", "river flood"],
  debris_flow: ["泥石流", "debris flow"], landslide: ["滑坡", "landslide"], rainstorm: ["暴雨", "rainstorm"],
  snowstorm: ["暴雪", "snowstorm"], gale: ["大风", "gale"], sandstorm: ["沙尘暴", "sandstorm"], hail: ["冰雹", "hail"],
  earthquake: ["地震", "earthquake"], fire_event: ["火灾", "fire"], hazardous_material: ["危化品", "hazardous material"],
  dam_break: ["溃坝", "dam break"], epidemic: ["疫情", "epidemic"], missing_person: ["寻人", "missing person"],
  public_notice: ["公告", "public notice"],
  amplifier_silent: ["功放无应答", "amplifier silent"], no_output: ["没有输出", "no output"],
  line_open: ["喇叭线断路", "line open"], line_short: ["喇叭线短路", "line short"],
  microphone_silent: ["听不到喇叭声", "microphone heard nothing"], player_failed: ["播放器故障", "player failed"],
  service_crashed: ["程序重启过", "a service crashed"], store_formatted: ["存储被清空", "store formatted"],
  store_damaged: ["存储损坏", "store damaged"], store_full: ["存储已满", "store full"],
  reports_expired: ["有报告过期", "reports expired"], button_stuck: ["按钮卡住", "button stuck"],
  too_late: ["已过期", "too late"], higher_rank: ["让位于更高级别", "a higher rank"], withdrawn: ["已撤回", "withdrawn"],
  Alarm: ["雨水情报警", "Alarm"], Answer: ["叫应回复", "Answer"], Evacuation: ["转移进展", "Evacuation"],
  Disaster: ["灾情", "Disaster"], Hazard: ["隐患", "Hazard"], SelfTest: ["自检", "Self-test"],
  Series: ["雨水情数据", "Series"], LogHead: ["日志校验", "Journal"],
  cannot_speak: ["没有录音", "cannot speak it"], too_many_tries: ["重试太多", "too many tries"], queue_full: ["排队已满", "queue full"],
  key_revoked: ["密钥已吊销", "its key was revoked"], does_not_fit: ["内容不适用", "does not fit there"], cannot_read: ["没有这种字表", "cannot read the text"],
};
const RANK_SHAPE = { routine: "○", notice: "●", warning: "▲", danger: "◆" };

const byId = (id) => document.getElementById(id);
const shown = {};          // what each section last showed, as JSON
let state = null, offset = 0, lastWord = 0, lastTry = 0, live = false, stream = null, who = null, bell = null;

// --- small helpers: nodes, words, times ---

function node(tag, kind, ...children) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}
function both(zh, en) {
  const part = node("span", "en", en);
  part.lang = "en";
  return node("span", "", zh, " ", part);
}
function word(name) {
  const [zh, en] = WORDS[name] || [name, ""];
  return both(zh, en);
}
function button(kind, zh, en, key, act) {
  const made = node("button", kind, both(zh, en));
  made.type = "button";
  made.dataset.key = key;
  made.addEventListener("click", act);
  return made;
}
const now = () => Date.now() / 1000 + offset;
const two = (n) => String(n).padStart(2, "0");
function clock(at) {
  const d = new Date(at * 1000), today = new Date(now() * 1000).toDateString() === d.toDateString();
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  return today ? time : `${two(d.getMonth() + 1)}-${two(d.getDate())} ${time}`;
}
function lasted(seconds) {
  const s = Math.max(0, Math.floor(seconds)), m = Math.floor(s / 60), h = Math.floor(m / 60);
  if (h > 47) return `${Math.floor(h / 24)} 天 d`;
  return h ? `${h}:${two(m % 60)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
function since(at, kind) {          // a text that grows older by itself
  const made = node("span", kind || "", lasted(now() - at));
  made.dataset.since = at;
  return made;
}
const boxName = (address) => {
  const box = state.boxes.find((b) => b.address === address);
  return box ? `${box.name}（${address}）` : `${address}`;
};

// --- calls ---

function call(c) {
  const open = c.state === "open", pressed = c.pressed_at || c.received_at;
  const card = node("article", `call ${c.state}`,
    node("p", "shape", open ? "▲" : "◉"),
    node("div", "what",
      node("p", "kind", word(c.kind)),
      node("p", "where", boxName(c.box), " · ", both(`按钮 ${c.button}`, `button ${c.button}`)),
      node("p", "when", both("按下", c.pressed_at ? "pressed" : "received"), " ", clock(pressed),
        c.received_at - pressed > 90 ? node("span", "", " · ", both("收到", "received"), " ", clock(c.received_at)) : ""),
      open ? "" : node("p", "lamp", both(`${c.by} 已接`, `taken by ${c.by}`), " · ", lamp(c.lamp))),
    node("p", "wait", since(open ? Math.min(pressed, c.received_at) : c.changed_at, "time"),
      open ? both("无人接", "nobody has taken it") : both("已接", "since taken")),
    node("p", "deeds",
      open ? button("main", "我来处理", "Take", `take${c.id}`, () => deed(`/api/calls/${c.id}/take`, {})) : "",
      button(open ? "quiet" : "main", "结束…", "Close…", `close${c.id}`, () => askReason(c))));
  return card;
}
function lamp(word) {
  if (word === "confirmed") return both("✔ 村里的灯已亮“已接”", "the lamp says taken, confirmed");
  if (word === "expired") return both("✘ 未能通知村里的灯", "the lamp could not be told");
  return both("… 正在通知村里的灯，未确认", "telling the lamp, not confirmed");
}
function closedCall(c) {
  return node("p", "line", clock(c.changed_at), " ", word(c.kind), " ", boxName(c.box), " · ", word(c.reason), ` · ${c.by}`);
}

// --- reports: as they came, field by field ---

function report(r) {
  const fields = Object.entries(r.fields).map(([name, value]) => node("span", "field", ` · ${name.replaceAll("_", " ")} `, node("b", "", value)));
  return node("p", "line", clock(r.received_at), " ", word(r.type), " ", boxName(r.box), ...fields);
}

// --- orders: a stage is what a Box reported, and nothing else ---

function measured(d) {
  const parts = [];
  if (d.volts_mv !== undefined) parts.push(`${Math.round(d.volts_mv / 1000)} V`);
  if (d.amps_ma !== undefined) parts.push(`${(d.amps_ma / 1000).toFixed(1)} A`);
  if (d.microphone_db) parts.push(`${d.microphone_db} dB`);
  if (d.without_clock) parts.push("无时钟 without clock");
  return parts.join(" ");
}
function stage(d) {
  const cause = d.cause ? WORDS[d.cause] || [d.cause, ""] : null, proof = measured(d);
  const why = (zh, en) => both(cause ? `${zh}：${cause[0]}` : zh, cause ? `${en}: ${cause[1]}` : en);
  if (d.state === "finished") switch (d.outcome) {
    case "played": return proof ? ["good", "✔", both(`已播出（有证明）${proof}`, `played, proven: ${proof}`)]
      : ["fair", "✔", both("报告已播出（没有测量值）", "reported played, no measurements")];
    case "failed": return ["bad", "✘", why("未播出", "failed")];
    case "cut": return ["fair", "✂", why("被打断", "cut")];
    case "cancelled": return ["fair", "⊘", both("已取消", "cancelled")];
    default: return ["bad", "✘", why("已结束", `ended: ${d.outcome}`)];
  }
  if (d.outcome === "interrupted") return ["fair", "↻", both("播出中断过，等待重播", "was interrupted, will sound again")];
  switch (d.state) {
    case "refused": return ["bad", "✘", why("设备拒绝", "refused by the Box")];
    case "expired": return ["bad", "✘", both("未送达", "not delivered")];
    case "playing": return ["busy", "▶", both("正在播", "playing")];
    case "verified": return ["busy", "✓", both("已验签", "verified")];
    case "received": return ["busy", "↓", both("设备已收到，尚未验签", "received, not yet verified")];
    default: return ["idle", "…", both("设备尚无回应", "nothing heard back yet")];
  }
}
function target(o) {
  if (o.everybody) return both("全县", "everybody");
  return o.target >= 0xf000 ? both(`组 ${o.target.toString(16).toUpperCase()}`, "group") : boxName(o.target);
}
function order(o) {
  const cancel = o.type === "Cancel", deed = { Keys: both("密钥", "keys"), Settings: both("设置", "settings") }[o.type];
  const rank = cancel || deed ? "cancel" : o.rank;
  const event = o.event === "fire" ? "fire_event" : o.event, rest = Object.values(o.counts).reduce((a, b) => a + b, 0) - o.deliveries.length;
  const stages = o.deliveries.map((d) => {
    const [kind, shape, words] = stage(d);
    return node("li", kind, node("b", "", shape), node("span", "box", boxName(d.box)), words, node("time", "", clock(d.changed_at)));
  });
  if (rest > 0) stages.push(node("li", "idle", both(`还有 ${rest} 台`, `and ${rest} more`)));
  return node("article", `order ${rank}${o.drill ? " drill" : ""}`,
    node("p", "head", node("span", "rank", cancel ? "⊘ " : deed ? "⚙ " : `${RANK_SHAPE[o.rank]} `, cancel ? both("取消", "cancel") : deed || word(o.rank)),
      o.drill ? node("span", "tag", both("演练", "DRILL")) : "",
      cancel ? node("span", "", parseInt(o.order.slice(0, 2), 16) + ":" + parseInt(o.order.slice(2), 16), " ", word(o.reason)) : deed ? "" : word(event),
      " → ", target(o), node("time", "", `${o.slot}:${o.seq} · ${clock(o.submitted_at)}`)),
    cancel || deed ? "" : node("p", "text", o.text !== null ? `“${o.text}”` : "", o.text_en ? node("span", "en", ` ${o.text_en}`) : "",
      o.template !== null ? both(` 录音 ${o.template}`, `recording ${o.template}`) : "", o.repeats > 1 ? ` ×${o.repeats}` : ""),
    node("ul", "stages", ...stages));
}

// --- boxes ---

function boxTrouble(b) {
  const troubles = [];
  if (b.heard_at === null) troubles.push(both("◌ 从未收到过", "never heard"));
  else if (now() - b.heard_at > SILENT_S) troubles.push(node("span", "", both("◌ 失联", "not heard for"), " ", since(b.heard_at)));
  if (b.conflicts) troubles.push(both(`‼ 重号 ${b.conflicts}：可能被复制或恢复`, "conflict: a clone, or a disk put back"));
  if (b.order_epoch !== null) troubles.push(both(`‼ 两块板同一周期：请用根密钥签发 fengsui keys epoch ${b.order_epoch} --target ${b.address}`, "two boards in one epoch: let the root sign this"));
  if (b.mains === false) troubles.push(both("▼ 停电", "no mains"));
  for (const fault of b.faults) troubles.push(node("span", "", "✘ ", word(fault)));
  return troubles;
}
function box(b) {
  const troubles = boxTrouble(b);
  const road = (zh, en, at) => node("span", "road", both(zh, en), " ", ...(at === null ? ["—"] : [since(at), " 前"]));
  return node("article", troubles.length ? "box bad" : "box good",
    node("p", "name", node("b", "", troubles.length ? "✘" : "✔"), " ", b.name, node("small", "", ` ${b.address}`)),
    node("p", "roads", road("网络", "IP", b.ip_heard_at), b.satellite ? road("卫星", "satellite", b.sbd_heard_at) : "",
      b.beidou ? road("北斗", "BeiDou", b.beidou_heard_at) : "",
      b.queue ? node("span", "road", both(`待发 ${b.queue}`, "waiting there")) : ""),
    ...troubles.map((trouble) => node("p", "trouble", trouble)));
}

// --- showing ---

function show(id, value, make) {     // rebuilt only when it changed, so that a click is never lost
  const json = JSON.stringify(value);
  if (shown[id] === json) return;
  shown[id] = json;
  const focused = document.activeElement && document.activeElement.dataset.key;
  byId(id).querySelector("div").replaceChildren(...make(value));
  const again = focused && [...document.querySelectorAll("[data-key]")].find((n) => n.dataset.key === focused);
  if (again) again.focus();
}
function showAll() {
  if (!state) return;
  const names = state.boxes.map((b) => [b.address, b.name]);
  const waiting = state.calls.filter((c) => c.state !== "closed").sort((a, b) => (b.state === "open") - (a.state === "open"));
  const nothing = [node("p", "calm", "✔ ", both("没有待处理的呼叫", "No call is waiting"))];
  show("calls", [waiting, names], ([list]) => list.length ? list.map(call) : nothing);
  show("orders", [state.orders, names], ([list]) => list.length ? list.map(order) : [node("p", "calm", both("还没有指令", "No orders yet"))]);
  const ill = (b) => boxTrouble(b).length ? 0 : 1, silent = state.boxes.map(ill);
  show("boxes", [state.boxes, silent], ([list]) => [...list].sort((a, b) => ill(a) - ill(b) || a.address - b.address).map(box));
  byId("reports").hidden = !state.reports.length;
  show("reports", [state.reports, names], ([list]) => list.map(report));
  const closed = state.calls.filter((c) => c.state === "closed");
  show("closed", [closed, names], ([list]) => list.length ? list.map(closedCall) : [node("p", "calm", "—")]);
  const open = waiting.filter((c) => c.state === "open").length;
  document.title = `${open ? `▲${open} 呼叫 · ` : ""}烽燧 Fengsui`;
  showRest();
}
function showRest() {
  byId("trouble").hidden = !state.trouble;
  byId("trouble").replaceChildren(both("✘ 数据库写不进去，新的报告不会被确认", `the database cannot be written: ${state.trouble}`));
  const u = state.unreadable;
  byId("unreadable").replaceChildren(u.count ? both(`无法识别的报文 ${u.count} 条，最近 ${clock(u.last_at)}`, "unreadable payloads, newest") : "");
  const usable = /^https?:\/\//.test(state.signer_url || "");
  byId("compose").hidden = !usable;
  if (usable) byId("compose").href = state.signer_url;
}
function showTime() {
  byId("clock").textContent = clock(now());
  for (const n of document.querySelectorAll("[data-since]")) n.textContent = lasted(now() - Number(n.dataset.since));
  if (Date.now() - Math.max(lastWord, lastTry) > DEAF_MS) lose();
  showAll();
}
function showLive() {
  document.body.className = live ? "" : "lost";
  byId("live").replaceChildren(live ? both("● 实时", "live") : both("▲ 断线", "disconnected"));
  byId("stale").hidden = live;
  byId("stale").replaceChildren(state
    ? both(`▲ 断线：下面是 ${clock(lastWord / 1000 + offset)} 的旧情况，不是现在`, "Disconnected: what is shown below is old")
    : both("… 正在连接", "connecting"));
}
function showWho() {
  byId("who").replaceChildren(who ? both(`${who} · 退出`, "sign out") : both("登录", "Sign in"));
  byId("bell").replaceChildren(bell ? both("♪ 响铃开", "bell on") : both("响铃关", "bell off"));
  byId("bell").setAttribute("aria-pressed", String(Boolean(bell)));
}

// --- the stream ---

function listen() {
  lastTry = Date.now();
  stream = new EventSource("/api/events");
  stream.addEventListener("state", (event) => {
    state = JSON.parse(event.data);
    heard(state.now);
    showAll();
  });
  stream.addEventListener("alive", (event) => heard(Number(event.data)));
  stream.onerror = lose;
}
function heard(serverTime) {
  offset = serverTime - Date.now() / 1000;
  lastWord = Date.now();
  live = true;
  showLive();
}
function lose() {                    // silence counts as much as an error
  live = false;
  showLive();
  if (!stream) return;
  stream.close();
  stream = null;
  setTimeout(listen, AGAIN_MS);
}

// --- deeds ---

async function ask(method, path, body) {
  const answer = await fetch(path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, told };
}
async function deed(path, body) {
  try {
    const { ok, status, told } = await ask("POST", path, body);
    if (status === 401) return signIn(() => deed(path, body));
    if (!ok) say(both("没有办成", told.error || `status ${status}`));
  } catch { say(both("断线，没有办成，请再试", "disconnected, not done: try again")); }
}
function say(words) {
  byId("said-what").replaceChildren(words);
  byId("said").showModal();
}
function askReason(c) {
  byId("close-what").replaceChildren(word(c.kind), " · ", boxName(c.box), " · ", both(`按钮 ${c.button}`, `button ${c.button}`));
  byId("reasons").replaceChildren(...["helped", "false_alarm", "duplicate", "cancelled_by_caller"].map((reason) =>
    button("main", ...WORDS[reason], reason, () => { byId("close-call").close(); deed(`/api/calls/${c.id}/close`, { reason }); })));
  byId("close-call").showModal();
}
let afterwards = null;
function signIn(then) {
  afterwards = then || null;
  byId("sign-in-error").replaceChildren();
  byId("sign-in").showModal();
}
async function trySignIn(event) {
  event.preventDefault();
  try {
    const { ok, told } = await ask("POST", "/api/session", { name: byId("name").value, password: byId("password").value });
    if (!ok) return byId("sign-in-error").replaceChildren(both("登录不成功", told.error || ""));
    byId("password").value = "";
    byId("sign-in").close();
    who = told.name;
    showWho();
    if (afterwards) afterwards();
  } catch { byId("sign-in-error").replaceChildren(both("断线", "disconnected")); }
}
async function leave() {
  await ask("DELETE", "/api/session").catch(() => null);
  who = null;
  showWho();
}
function ring() {                    // while a call is open and the bell is on
  if (!bell || !state || !state.calls.some((c) => c.state === "open")) return;
  for (const [at, pitch] of [[0, 880], [0.25, 660]]) {
    const tone = bell.createOscillator(), loud = bell.createGain();
    tone.frequency.value = pitch;
    loud.gain.value = 0.3;
    tone.connect(loud).connect(bell.destination);
    tone.start(bell.currentTime + at);
    tone.stop(bell.currentTime + at + 0.2);
  }
}

byId("sign-in").querySelector("form").addEventListener("submit", trySignIn);
byId("who").addEventListener("click", () => (who ? leave() : signIn()));
byId("bell").addEventListener("click", () => {
  if (bell) { bell.close(); bell = null; } else bell = new AudioContext();
  showWho();
  ring();
});
for (const n of document.querySelectorAll("[data-leave]")) n.addEventListener("click", () => n.closest("dialog").close());
showWho();
showLive();
ask("GET", "/api/session").then(({ told }) => { who = told.name || null; showWho(); }, () => null);
setInterval(showTime, 1000);
setInterval(ring, BELL_MS);
listen();
