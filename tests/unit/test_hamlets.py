"""Natural villages and villagers' groups in addresses and in columns of their own."""

import pytest

from pipelines.intake.hamlets import hamlet_of_address, hamlet_of_cell


@pytest.mark.parametrize(
    ("address", "hamlet"),
    [
        ("广西都安瑶族自治县高岭镇弄池村弄劳屯12号", "弄劳"),
        ("高岭镇弄池村弄劳自然村", "弄劳"),
        ("高岭镇弄池村弄里队18号", "弄里"),
        ("高岭镇弄池村弄劳12号", "弄劳"),
        ("高岭镇弄池村民委员会第三村民小组", "3组"),
        ("高岭镇弄池村第十二组", "12组"),
        ("高岭镇弄池村３组５号", "3组"),
        ("高岭镇新村村下弄组", "下弄"),  # 村 ends its name twice
        ("高岭镇弄池村", None),
        ("高岭镇弄池村12号", None),
        ("高岭镇弄劳屯", None),  # behind no village it cannot be compared
    ],
)
def test_what_an_address_names_behind_its_village(address: str, hamlet: str | None) -> None:
    assert hamlet_of_address(address) == hamlet


@pytest.mark.parametrize(
    ("cell", "hamlet"),
    [
        ("第3组", "3组"),
        ("3", "3组"),
        ("三组", "3组"),
        ("弄劳屯", "弄劳"),
        ("弄劳", "弄劳"),
        ("弄池村弄劳屯", "弄劳"),
        ("无", None),
        ("#N/A", None),
    ],
)
def test_what_a_column_of_its_own_says(cell: str, hamlet: str | None) -> None:
    assert hamlet_of_cell(cell) == hamlet
