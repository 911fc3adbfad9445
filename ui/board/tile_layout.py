"""Where everything on a tile stands, worked out once per bed and size, never while painting."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from ui import theme
from ui.board.badges import Chip, ScoreFace, Tone
from ui.board.cards import BedCard, Face
from ui.board.tile_grid import TileGrid

Bold, SemiBold, Normal = QFont.Weight.Bold, QFont.Weight.DemiBold, QFont.Weight.Normal

ALIKE_MARK = "≈ "
WATCH_GLYPH = "△"
INCOMPLETE = Chip("incomplete", "incomplete", Tone.UNKNOWN)
NOT_SCORED = Chip("not scored", "not scored", Tone.UNKNOWN)
_SMALLEST_PX = 11
_WIDTHS_KNOWN = 1_024
_WIDEST_GAP = 10
_MOST_FOR_GIVEN = 0.45
_FEWEST_LETTERS = 4
# chips need the width more than the size: better all flags than some large ones
_LARGEST_CHIP_SCALE = 1.15
_DOT = " · "
_QUIETNESS = {Tone.LOUD: 0, Tone.UNKNOWN: 1, Tone.PLAIN: 2, Tone.QUIET: 3}


class Text(NamedTuple):
    """One run of text: where its baseline starts, from the tile's corner."""

    at: QPointF
    text: str


ShortChip = tuple[str, Tone]


class ChipBox(NamedTuple):
    """One chip with its place."""

    box: QRectF
    text: Text
    tone: Tone


class Badge(NamedTuple):
    """The score's box, what stands in it, and the arrow of its course beside it."""

    box: QRectF
    text: Text
    trend: Text
    score: ScoreFace


class TileLayout(NamedTuple):
    """The texts of one tile, shortened to fit, with their places."""

    label: Text
    note: Text | None
    name: Text
    lines: tuple[Text, ...]
    chips: tuple[ChipBox, ...]
    due: Text
    round: Text | None
    mark: QRectF | None
    badge: Badge | None
    icon: QRectF | None


class TileType:
    """The fonts of one tile size with their metrics."""

    def __init__(self, grid: TileGrid) -> None:
        small = grid.compact
        scale = grid.scale
        self.label = _Face(15 if small else 18, Bold, scale)
        self.name = _Face(14 if small else 16, SemiBold, scale)
        self.text = _Face(12 if small else 13, Normal, scale)
        self.due = _Face(12 if small else 13, SemiBold, scale)
        chip_scale = min(scale, _LARGEST_CHIP_SCALE)
        self.chip = _Face(11 if small else 12, SemiBold, chip_scale)
        self.chip_padding = (3.0 if small else 4.5) * chip_scale
        self.chip_gap = (3.0 if small else 4.0) * chip_scale
        self.badge = _Face(16 if small else 20, Bold, scale)
        self.unit = grid.scale
        self.margin = (2.0 if small else 4.0) * scale
        self.padding = (6.0 if small else 9.0) * scale


class _Face:
    """One font with its metrics.

    Attributes:
        width: of a text in pixels; the same words stand on many tiles, and are measured once.
    """

    def __init__(self, size_px: int, weight: QFont.Weight, scale: float) -> None:
        self.font = theme.font(max(_SMALLEST_PX, round(size_px * scale)), weight)
        self._metrics = QFontMetricsF(self.font)
        self.height = self._metrics.height()
        self.ascent = self._metrics.ascent()
        # a function of ours: of one of Qt's the description would be worked out first, 30 ms
        self.width = lru_cache(_WIDTHS_KNOWN)(self._measured)

    def _measured(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)

    def shortened(self, text: str, width: float) -> str:
        """Return the text, ended by an ellipsis where it is too long."""
        if self.width(text) <= width:
            return text
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))

    def text_at(self, x: float, top: float, text: str) -> Text:
        """Return the text with its line's top at `top`."""
        return Text(QPointF(x, top + self.ascent), text)

    def text_in(self, box: QRectF, text: str) -> Text:
        """Return the text centred in a box."""
        x = box.center().x() - self.width(text) / 2
        return self.text_at(x, box.center().y() - self.height / 2, text)


class TileLayouts:
    """Lays out tiles of one size."""

    def __init__(self, grid: TileGrid) -> None:
        self.grid = grid
        self.type = TileType(grid)
        type_ = self.type
        outer = QRectF(0, 0, grid.tile_width, grid.tile_height)
        self.card = outer.marginsRemoved(_margins(type_.margin))
        self.inner = self.card.marginsRemoved(_margins(type_.padding))

    def layout(self, card: BedCard) -> TileLayout:
        """Return where the bed's texts stand on a tile of this size."""
        tops = self._tops()
        badge = self._badge(card.score) if card.score else None
        label = self._label(card, badge)
        remark = _remark(card.score)
        note = self._before_badge(remark.short, label, badge) if remark else None
        day = (
            self._beside_label(card.day, label, badge) if self.grid.compact and not note else None
        )
        mark = self._mark(tops[-1]) if card.overdue else None
        icon = self._icon(tops[0]) if card.icon else None
        chips = card.chips if note or not remark else (*card.chips, remark)
        due = self._due(card, tops[-1], mark)
        return TileLayout(
            label=label,
            note=note or day,
            name=self._name(card, tops[0], icon),
            lines=tuple(self._lines(card, tops, day_told=day is not None)),
            chips=tuple(self._chips(chips, tops[-2])),
            due=due,
            round=self._round(card, due, tops[-1]),
            mark=mark,
            badge=badge,
            icon=icon,
        )

    def _tops(self) -> tuple[float, ...]:
        """Return the tops of name, one or two lines, chips and countdown."""
        type_, inner = self.type, self.inner
        heights = [type_.name.height, type_.text.height]
        if not self.grid.compact:
            heights.append(type_.text.height)
        heights += [self._chip_height, type_.due.height]
        spare = max(0.0, inner.height() - self._head_height - sum(heights)) / len(heights)
        gap = min(spare, _WIDEST_GAP * type_.unit)
        tops = [inner.top() + self._head_height + gap]
        for above, _ in pairwise(heights):
            tops.append(tops[-1] + above + gap)
        return tuple(tops)

    @property
    def _chip_height(self) -> float:
        return self.type.chip.height + 3 * self.type.unit

    def _label(self, card: BedCard, badge: Badge | None) -> Text:
        face, inner = self.type.label, self.inner
        right = badge.trend.at.x() if badge else inner.right()
        middle = inner.top() + self._head_height / 2
        label = face.shortened(card.label, right - inner.left())
        return face.text_at(inner.left(), middle - face.height / 2, label)

    def _badge(self, score: ScoreFace) -> Badge:
        face, unit, inner = self.type.badge, self.type.unit, self.inner
        text = badge_text(score)
        width = max(face.width(text) + 14 * unit, 44 * unit)
        box = QRectF(inner.right() - width, inner.top(), width, self._head_height)
        arrow_width = face.width(score.trend) + 5 * unit if score.trend else 0.0
        arrow = face.text_at(box.left() - arrow_width, box.top() + 2 * unit, score.trend)
        return Badge(box, face.text_in(box, text), arrow, score)

    def _before_badge(self, word: str, label: Text, badge: Badge | None) -> Text | None:
        """Return the word that belongs to "≥5", if it fits between label and badge."""
        if badge is None:
            return None
        left = badge.trend.at.x() - self.type.chip.width(word) - 6 * self.type.unit
        return self._in_head(word, left) if left >= self._right_of(label) else None

    def _beside_label(self, word: str, label: Text, badge: Badge | None) -> Text | None:
        """Return the day of stay after the bed's label, if it fits there."""
        right = badge.trend.at.x() - 4 * self.type.unit if badge else self.inner.right()
        left = self._right_of(label)
        fits = bool(word) and left + self.type.chip.width(word) <= right
        return self._in_head(word, left) if fits else None

    def _right_of(self, label: Text) -> float:
        return label.at.x() + self.type.label.width(label.text) + 6 * self.type.unit

    def _in_head(self, word: str, left: float) -> Text:
        middle = self.inner.top() + self._head_height / 2
        return self.type.chip.text_at(left, middle - self.type.chip.height / 2, word)

    @property
    def _head_height(self) -> float:
        return self.type.badge.height + 4 * self.type.unit

    def _name(self, card: BedCard, top: float, icon: QRectF | None) -> Text:
        left = icon.right() + 6 * self.type.unit if icon else self.inner.left()
        name = f"{ALIKE_MARK}{card.name}" if card.alike else card.name
        return self.type.name.text_at(left, top, self._short_name(name, self.inner.right() - left))

    def _short_name(self, name: str, width: float) -> str:
        """Return the name; of a long one the surname is cut, so that the given name is read."""
        face = self.type.name
        surname, comma, given = name.partition(", ")
        if not comma or face.width(name) <= width:
            return face.shortened(name, width)
        tail = f"{comma}{face.shortened(given, _MOST_FOR_GIVEN * width)}"
        return f"{face.shortened(surname, width - face.width(tail))}{tail}"

    def _short_brief(self, parts: tuple[str, ...], width: float) -> str:
        """Return as many parts as fit, one after the other."""
        face = self.type.text
        shown = parts[0]
        for part in parts[1:]:
            added = self._fitting_part(part, width - face.width(f"{shown}{_DOT}"))
            if not added:
                break
            shown = f"{shown}{_DOT}{added}"
        return face.shortened(shown, width)

    def _fitting_part(self, part: str, width: float) -> str:
        """Return the part, a date without its verb, some letters of words, or nothing."""
        face = self.type.text
        if face.width(part) <= width:
            return part
        if any(map(str.isdigit, part)):
            bare = part.rsplit(maxsplit=1)[-1]
            return bare if face.width(bare) <= width else ""
        cut = face.shortened(part, width)
        return cut if len(cut) > _FEWEST_LETTERS else ""

    def _lines(self, card: BedCard, tops: tuple[float, ...], *, day_told: bool) -> Iterator[Text]:
        face, inner = self.type.text, self.inner
        texts: tuple[str, ...] = (card.about, card.stay)
        if self.grid.compact and card.face is Face.PATIENT:
            day = () if day_told or not card.day else (card.day,)
            parts = (*card.brief[:2], *day, *card.brief[2:])
            texts = (self._short_brief(parts, inner.width()),)
        # a tile of four lines without chips has their place for its second line
        for top, text in zip(tops[1:], texts, strict=False):
            if text:
                yield face.text_at(inner.left(), top, face.shortened(text, inner.width()))

    def _chips(self, chips: tuple[Chip, ...], top: float) -> Iterator[ChipBox]:
        shown = self._fitting(chips)
        hidden = len(chips) - len(shown)
        if hidden:
            shown = (*shown, (f"+{hidden}", Tone.QUIET))
        x, face = self.inner.left(), self.type.chip
        for text, tone in shown:
            width = self._chip_width(text, tone)
            box = QRectF(x, top, width - self.type.chip_gap, self._chip_height)
            yield ChipBox(box, face.text_in(box, text), tone)
            x += width

    def _fitting(self, chips: tuple[Chip, ...]) -> tuple[ShortChip, ...]:
        """Return the words where all fit, else short forms, the loudest first to be kept.

        What is known of allergies comes first and always stays.
        """
        words = tuple((chip.words, chip.tone) for chip in chips)
        short = tuple((chip.short, chip.tone) for chip in chips)
        for texts in (words, words[:1] + short[1:], short):
            if sum(self._chip_width(*each) for each in texts) <= self._chip_room:
                return texts
        room = self._chip_room - self._chip_width("+9", Tone.QUIET)
        kept: set[int] = set()
        for at in sorted(range(len(short)), key=lambda at: (at > 0, _QUIETNESS[short[at][1]])):
            width = self._chip_width(*short[at])
            if width <= room or at == 0:
                kept.add(at)
                room -= width
        return tuple(each for at, each in enumerate(short) if at in kept)

    @property
    def _chip_room(self) -> float:
        # nothing stands behind the last gap
        return self.inner.width() + self.type.chip_gap

    def _chip_width(self, text: str, tone: Tone) -> float:
        """Return the width of a chip and the gap behind it; only a frame has padding."""
        type_ = self.type
        padding = 0.0 if tone is Tone.QUIET else 2 * type_.chip_padding
        return type_.chip.width(text) + padding + type_.chip_gap

    def _mark(self, top: float) -> QRectF:
        size = self.type.due.ascent
        return QRectF(self.inner.left(), top + (self.type.due.height - size) / 2, size, size)

    def _due(self, card: BedCard, top: float, mark: QRectF | None) -> Text:
        left = mark.right() + 5 * self.type.unit if mark else self.inner.left()
        face = self.type.due
        return face.text_at(left, top, face.shortened(card.due, self.inner.right() - left))

    def _round(self, card: BedCard, due: Text, top: float) -> Text | None:
        """Return what is due of rounds against the right edge, as much of it as fits."""
        face, right = self.type.due, self.inner.right()
        left = due.at.x() + face.width(due.text) + 8 * self.type.unit
        for words in (card.round.words, card.round.short, card.round.sign):
            if words and face.width(words) <= right - left:
                return face.text_at(right - face.width(words), top, words)
        return None

    def _icon(self, top: float) -> QRectF:
        size = self.type.name.height
        return QRectF(self.inner.left(), top, size, size)


def _remark(score: ScoreFace | None) -> Chip | None:
    """Return the word that belongs to a badge without a whole score; None for one with it."""
    if is_incomplete(score):
        return INCOMPLETE
    return NOT_SCORED if score is not None and score.unscored else None


def is_incomplete(score: ScoreFace | None) -> bool:
    """Whether there is a set and it lacks a value."""
    return score is not None and score.points is not None and not score.complete


def badge_glyph(score: ScoreFace) -> str:
    """Return the shape that says what the badge's colour says."""
    if score.points is None:
        return ""
    return WATCH_GLYPH if score.watch else theme.risk_glyph(score.points, score.risk)


def badge_text(score: ScoreFace) -> str:
    """Return shape, name where it is not NEWS2, and number: "▲ 5", "◆ MEWC 1"."""
    parts = (badge_glyph(score), score.name if score.points is not None else "", score.text)
    return " ".join(part for part in parts if part)


def badge_token(score: ScoreFace) -> str:
    """Return the colour token of the badge; three points in one parameter count as medium."""
    return "risk_medium" if score.watch else theme.risk_token(score.points, score.risk)


def _margins(width: float) -> QMarginsF:
    return QMarginsF(width, width, width, width)
