"""What a Box can say without being sent the words: numbered, recorded, never renumbered.

A number is never given another meaning.  Each Box holds the recording as clips/NUMBER.wav.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from host_tools import slots
from host_tools.problems import NOT_FOUND, Problem
from host_tools.slots import NUMBER, PLACE, TIME


@dataclass(frozen=True)
class Template:
    """number 1-65535; event is a word of schema.EVENT; zh and en are what is spoken.

    slots: the kind of each gap, as host_tools.slots names them; {0} in zh and en is the first.
    """

    number: int
    event: str
    zh: str
    en: str
    slots: tuple[str, ...] = ()

    def filled(self, values: Sequence[int]) -> tuple[str, str]:
        """Return what is spoken, in Chinese and in English, or raise Problem."""
        slots.check(self.number, self.slots, values)
        said = [slots.said(kind, value) for kind, value in zip(self.slots, values, strict=True)]
        return self.zh.format(*(zh for zh, _ in said)), self.en.format(*(en for _, en in said))


BANK = (
    Template(
        1,
        "test",
        "这是广播测试，请不要惊慌。",
        "This is a test of the broadcast. There is no danger.",
    ),
    Template(
        11,
        "flash_flood",
        "可能发生山洪，请远离河道和沟口，随时准备转移。",
        "A flash flood is possible. Keep away from streams and gullies; be ready to leave.",
    ),
    Template(
        12,
        "flash_flood",
        "预计{0}前后，{1}的水深可达{2}厘米，请提前转移。",
        "Towards {0} the water at {1} may be {2} cm deep. Leave before then.",
        (TIME, PLACE, NUMBER),
    ),
    Template(
        17,
        "flash_flood",
        "山洪来了！请立即往高处跑，不要过河，不要返回。",
        "A flash flood is coming. Run to high ground now. Do not cross water. Do not go back.",
    ),
    Template(
        18,
        "public_notice",
        "请各户派一人到村委会开会。",
        "One person from each household, please come to the village office for a meeting.",
    ),
    Template(
        19,
        "rainstorm",
        "预计有强降雨，请远离河道和陡坡，减少外出。",
        "Heavy rain is expected. Keep away from streams and steep slopes; stay at home.",
    ),
    Template(
        20,
        "public_notice",
        "请各户于{0}到{1}集合，每户{2}人。",
        "Every household, please come to {1} at {0}, {2} from each.",
        (TIME, PLACE, NUMBER),
    ),
    Template(
        21,
        "river_flood",
        "河水正在上涨，请两岸群众立即转移到安置点。",
        "The river is rising. People on both banks, go to the shelter now.",
    ),
    Template(
        27,
        "debris_flow",
        "泥石流危险！请立即向沟谷两侧的高处撤离。",
        "Danger of a debris flow. Leave the valley floor now and climb to either side.",
    ),
    Template(
        31,
        "landslide",
        "山体滑坡危险！请立即离开坡下的房屋。",
        "Danger of a landslide. Leave the houses below the slope now.",
    ),
    Template(
        37,
        "dam_break",
        "水库可能溃坝！下游群众请立即往高处转移。",
        "The dam may break. Everybody downstream, go to high ground now.",
    ),
    Template(
        41,
        "gale",
        "大风沙尘天气即将到来，请加固棚圈，不要外出放牧。",
        "Strong wind and dust are coming. Secure the sheds and keep the herds in.",
    ),
    Template(
        47,
        "snowstorm",
        "暴雪即将到来，请把牲畜赶回棚圈，减少外出。",
        "Heavy snow is coming. Bring the animals in and stay at home.",
    ),
    Template(
        51,
        "earthquake",
        "发生地震，请到空旷地带避险，注意余震，不要返回屋内。",
        "There was an earthquake. Stay in the open; expect aftershocks. Do not go indoors.",
    ),
    Template(
        57,
        "fire",
        "附近发生火情，请听从指挥，立即撤离。",
        "There is a fire near the village. Follow instructions and leave now.",
    ),
    Template(
        91,
        "none",
        "险情已经解除，谢谢大家的配合。",
        "The danger is over. Thank you all.",
    ),
)

# The recording "drill", which a Box plays before and after the voice of every drill.
DRILL = ("这是演练。", "This is a drill.")


def find(number: int) -> Template:
    """Return the template of this number, or raise Problem."""
    for template in BANK:
        if template.number == number:
            return template
    raise Problem(f"there is no template {number}", "`fengsui templates` lists them", NOT_FOUND)


def clip_name(number: int) -> str:
    """Return the name of the recording on a Box, without .wav."""
    return str(number)
