"""What people call the units of the demonstration district."""

from __future__ import annotations

from portal.demo.district import UNITS

_SHORT = """
区发展和改革局 发改局 发改委 区发改局
区教育和体育局 教体局 教育局
区科学技术局 科技局
区工业和信息化局 工信局
区人力资源和社会保障局 人社局 人力资源和社会保障局
区自然资源局 自规局 国土局
区住房和城乡建设局 住建局 建设局
区交通运输局 交通局 交运局
区水务局 水利局
区农业农村局 农业局
区文化和旅游局 文旅局
区卫生健康局 卫健局 卫健委
区退役军人事务局 退役军人局
区应急管理局 应急局 安监局
区市场监督管理局 市监局 工商局
区医疗保障局 医保局
区行政审批服务局 审批局 行政审批局
区综合行政执法局 综合执法局 城管局
区生态环境分局 生态环境局 环保局
区园林绿化局 园林局
区畜牧兽医局 畜牧局
区供销合作社联合社 供销社
区委区政府督查室 督查室
"""


def other_names() -> list[list[str]]:
    """Names that mean the same, group by group: bureaus by their short names, as far as there are such."""
    there = {unit.name for unit in UNITS} | {"区委区政府督查室"}
    groups = [line.split() for line in _SHORT.strip().splitlines()]
    return [group for group in groups if group[0] in there]
