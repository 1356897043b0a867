"""Templates in which what reads the same for everybody is rendered once for each language.

A page of the shop is two thirds fixed: markup, words, addresses. Django's engine walks through all
of it each time. This loader joins neighbours that depend on nothing but the language into one.
"""

from collections.abc import Iterable
from itertools import groupby

from django.template.base import Node, NodeList, Origin, Template, TextNode, Variable
from django.template.defaulttags import IfNode, URLNode
from django.template.loaders import cached
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode

from maalem.platform.ground.site.templatetags.once import Once


class Loader(cached.Loader):
    """Keeps templates as Django's own loader does, folded."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """The template; raises TemplateDoesNotExist."""
        known = self.cache_key(template_name, skip) in self.get_template_cache
        template = super().get_template(template_name, skip)
        if not known:
            fold(template.nodelist)
        return template


def fold(nodes: NodeList) -> None:
    """Join, in place and at every depth, neighbours that read the same for everybody."""
    for node in nodes:
        for inner in _inside(node):
            fold(inner)
    folded: list[Node] = []
    for fixed, run in groupby(nodes, key=_is_fixed):
        alike = list(run)
        folded += [Once(NodeList(alike))] if fixed and _is_worth_it(alike) else alike
    nodes[:] = folded


def _inside(node: Node) -> Iterable[NodeList]:
    if isinstance(node, Once):
        return ()
    if isinstance(node, IfNode):
        return (branch for _, branch in node.conditions_nodelists)
    found = (getattr(node, name, None) for name in node.child_nodelists)
    return (inner for inner in found if isinstance(inner, NodeList))


def _is_worth_it(alike: list[Node]) -> bool:
    return any(not isinstance(node, TextNode) for node in alike)


def _is_fixed(node: Node) -> bool:
    if isinstance(node, TranslateNode):
        expression = node.filter_expression
        said = expression.var
        return (
            node.asvar is None
            and node.message_context is None
            and not expression.filters
            and (isinstance(said, str) or (isinstance(said, Variable) and said.literal is not None))
        )
    if isinstance(node, URLNode):
        return not (node.args or node.kwargs or node.asvar) and _is_word(node.view_name.var)
    if isinstance(node, StaticNode):
        return node.varname is None and _is_word(node.path.var)
    return isinstance(node, TextNode | Once)


def _is_word(said: object) -> bool:
    return isinstance(said, str)
