"""Names of invented people, from many languages, drawn at random and never from a record."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ward_app.patients.types import Sex

# families, women, men; one block per language area; a person is drawn within one block
_NAMES = """
Ashdown Barlow Croxley Denholm Ellwood Fairbrook Garside Hawtrey
Agnes Beryl Carol Dorothy Edith Freda Hazel Joyce
Alan Basil Cyril Derek Ernest Frank Geoffrey Harold

Abiodun Chukwuma Eze Nwosu Obaseki Okereke
Amaka Chidinma Folake Ngozi Yetunde
Babatunde Chinedu Emeka Ikenna Olumide

Agyeman Boakye Owusu Quartey
Abena Akosua Efua Yaa
Kofi Kwabena Kwaku Yaw

Bhattacharya Chaudhary Deshmukh Iyer Nair Subramaniam
Ananya Kavita Lakshmi Meera Padma
Arjun Dinesh Gopal Harish Venkatesh

Akhtar Chowdhury Mirza Qureshi Sheikh
Amina Fatema Nasreen Rukhsana Zainab
Bilal Imran Jamil Rafiq Tariq

Baginski Dudek Kaczmarek Lipa Wojtas Zaremba
Agnieszka Bozena Ewa Jadwiga Zofia
Bogdan Jacek Kazimierz Stanislaw Zbigniew

Abara Bejarano Cordero Figueroa Quintana
Alba Inmaculada Marisol Pilar Rosario
Aurelio Esteban Joaquin Ramiro

Aydin Celik Kaplan Yildiz
Ayse Elif Gulsen Zeynep
Cem Emre Hakan Murat

Chan Fong Kwok Leung Yip
Mei-Ling Siu-Fong Wai-Yin Xiaolan
Chi-Ming Kwok-Wai Weiguo Zhenhua

Dinh Huynh Lam Vuong
Hoa Kim Linh Phuong
Bao Duc Minh Quang

Fujimoto Hayashi Nakagawa Okabe
Akiko Haruka Sachiko Yumi
Daichi Hiroshi Kenji Takumi

Antoniou Doukas Galanis Papanikos
Despina Eleni Katerina Sofia
Andreas Kostas Nikos Spyros

Bakshi Grewal Sandhu Virk
Harpreet Jaswinder Manjit Simran
Balwinder Gurpreet Hardeep Surjit

Bianchetti Carbone Gallo Moretti
Chiara Lucia Ornella Silvana
Gino Luca Matteo Salvatore

Asfaw Haile Tadesse Worku
Almaz Hiwot Selam Tsehay
Abebe Dawit Tesfaye Yonas

Bednarik Dvorak Horak Svatek
Alena Jitka Ludmila Zdenka
Jiri Milos Radek Vaclav

Haddad Khoury Mansour Sayegh
Dalia Hiba Layla Rana
Elias Karim Nabil Samir

Gwynne Llewellyn Meredith Trevanion
Bronwen Carys Eirlys Myfanwy
Emrys Gethin Idris Rhodri

Cassidy Donoghue Geraghty Ni-Bhriain
Aoife Bridget Maeve Siobhan
Cormac Diarmuid Eamon Padraig

Andersson Bjornstad Kjeldsen Virtanen
Astrid Birgit Ingrid Solveig
Anders Henrik Lars Sven
""".strip()
_LANGUAGES = [[line.split() for line in block.splitlines()] for block in _NAMES.split("\n\n")]
_TITLED_SHARE = 0.8
_TITLES = {Sex.FEMALE: ("Mrs", "Ms", "Miss", "Mrs"), Sex.MALE: ("Mr", "Mr", "Mr", "Dr")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a person is called, and the sex it was drawn for."""

    family: str
    given: str
    title: str | None
    sex: Sex


def draw_name(rng: Random, taken: set[str]) -> Name:
    """Return a person whose family name nobody has yet, and note it in `taken`.

    Family names are unique because like ones are marked on the board; those are cast by hand.
    """
    families, women, men = rng.choice(_LANGUAGES)
    while not (free := [family for family in families if family not in taken]):
        families, women, men = rng.choice(_LANGUAGES)
    sex = rng.choice((Sex.FEMALE, Sex.MALE))
    family, given = rng.choice(free), rng.choice(women if sex is Sex.FEMALE else men)
    taken.add(family)
    title = rng.choice(_TITLES[sex]) if rng.random() < _TITLED_SHARE else None
    return Name(family=family, given=given, title=title, sex=sex)
