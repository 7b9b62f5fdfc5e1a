"""Invented people. Names, identity numbers and firms are made up from a seed and belong to nobody."""

from datetime import date, timedelta
from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余"
    "杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙"
    "史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰文辉建国志宁晨宇航欣怡梓涵雨泽思源嘉懿博文若溪"
FIRM_WORDS = ("恒泰", "金阊", "瑞禾", "吴越", "锦澜", "同里", "虞山", "沙洲", "娄东", "鹿城", "澄湖", "尚品")
FIRM_TRADES = (
    "纺织有限公司",
    "机电科技有限公司",
    "贸易有限公司",
    "置业有限公司",
    "物流有限公司",
    "新材料有限公司",
)
BANKS = ("某商业银行苏州分行", "某农村商业银行", "某股份制银行苏州分行")
SUZHOU_DIVISIONS = ("320505", "320506", "320507", "320508", "320509", "320581", "320582", "320583", "320585")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def person_name(random: Random) -> str:
    """A made-up personal name."""
    return random.choice(SURNAMES) + "".join(random.choice(GIVEN) for _ in range(random.choice((1, 2, 2))))


def firm_name(random: Random) -> str:
    """A made-up firm."""
    return f"苏州{random.choice(FIRM_WORDS)}{random.choice(FIRM_TRADES)}"


def bank_name(random: Random) -> str:
    """A bank that stands for no real one."""
    return random.choice(BANKS)


def identity_number(random: Random) -> str:
    """A number with a right checksum (GB 11643), a birthday and a sequence that belong to nobody in particular."""
    born = date(1960, 1, 1) + timedelta(days=random.randrange(15_000))
    body = f"{random.choice(SUZHOU_DIVISIONS)}{born:%Y%m%d}{random.randrange(1000):03d}"
    return body + _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]
