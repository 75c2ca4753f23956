"""The public voices of a seeded sandbox: 60 in 12 languages, of three providers and of the speech models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentops.sandbox.database import Row

LANGUAGES = (
    *(("English", "en"), ("Romanian", "ro"), ("French", "fr"), ("Spanish", "es"), ("German", "de")),
    *(("Lithuanian", "lt"), ("Italian", "it"), ("Portuguese", "pt"), ("Dutch", "nl"), ("Polish", "pl")),
    *(("Turkish", "tr"), ("Arabic", "ar")),
)
"""Name and code; ids count from 1."""

PROVIDERS = (("ElevenLabs", "elevenlabs"), ("Azure", "azure"), ("Cartesia", "cartesia"))

_MODES = {"p": "pipeline", "m": "multimodal", "d": "dualplex"}

# id, name, language, gender, accent, age, provider, modes; "-" is null.
_TABLE = """
1  Sarah     en f American   Young       elevenlabs pd
2  Emma      en f British    Young       elevenlabs pd
3  Alex      en m American   Middle_aged elevenlabs pd
4  Alex      en f British    Young       cartesia   pd
5  Alex      en m Australian Old         azure      pd
6  Oliver    en m British    Middle_aged cartesia   pd
7  Grace     en f Irish      Old         azure      p
8  Jordan    en m American   Young       cartesia   d
9  Sofia     ro f -          Young       elevenlabs pd
10 Andrei    ro m -          Middle_aged azure      pd
11 Ioana     ro f -          Young       azure      p
12 Sarah     ro f -          Young       elevenlabs pd
13 Camille   fr f Parisian   Young       elevenlabs pd
14 Julien    fr m Parisian   Middle_aged azure      pd
15 Camille   fr f Canadian   Young       azure      pd
16 Emma      fr f -          Young       cartesia   pd
17 Lucia     es f Castilian  Young       elevenlabs pd
18 Lucia     es f Mexican    Young       elevenlabs pd
19 Mateo     es m Mexican    Middle_aged azure      pd
20 Sofia     es f Castilian  Old         cartesia   pd
21 Anna      de f -          Young       elevenlabs pd
22 Emma      de f -          Middle_aged elevenlabs pd
23 Lukas     de m Austrian   Young       azure      pd
24 Sarah     de f -          Young       azure      pd
25 Anna      de f Swiss      Old         azure      p
26 Max       de m -          Middle_aged cartesia   d
27 Ruta      lt f -          Young       azure      pd
28 Jonas     lt m -          Middle_aged azure      pd
29 Giulia    it f -          Young       elevenlabs pd
30 Marco     it m -          Middle_aged azure      pd
31 Sofia     it f -          Young       cartesia   pd
32 Beatriz   pt f Brazilian  Young       elevenlabs pd
33 Joao      pt m European   Middle_aged azure      pd
34 Sanne     nl f -          Young       elevenlabs pd
35 Daan      nl m Flemish    Middle_aged azure      pd
36 Zofia     pl f -          Young       elevenlabs pd
37 Jakub     pl m -          Old         azure      pd
38 Elif      tr f -          Young       azure      pd
39 Emre      tr m -          Middle_aged azure      p
40 Layla     ar f Gulf       Young       azure      pd
41 Alba      en f -          -           -          m
42 Basalt    en m -          -           -          m
43 Cinder    en f -          Young       -          m
44 Drift     en m -          Middle_aged -          m
45 Sarah     en f -          -           -          m
46 Alba      de f -          -           -          m
47 Basalt    de m -          -           -          m
48 Alba      es f -          -           -          m
49 Alba      fr f -          -           -          m
50 Alba      ro f -          -           -          m
51 Alba      it f -          -           -          m
52 Ember     pl f -          -           -          m
53 Noor      ar f Levantine  Young       elevenlabs pd
54 Omar      ar m Gulf       Old         azure      p
55 Zoë       nl f -          Young       cartesia   pd
56 Zoe       en f American   Young       cartesia   pd
57 Chloé     fr f -          Young       elevenlabs pd
58 Noah      en m American   Young       elevenlabs d
59 Noah      de m -          Young       cartesia   pd
60 Mila      tr f -          Young       elevenlabs pd
"""


def voices(languages: Sequence[tuple[str, str]] = LANGUAGES) -> Iterator[Row]:
    """Each voice as it is stored; the ids of the languages count from 1 in their order."""
    ids = {code: number for number, (_, code) in enumerate(languages, 1)}
    providers = {code: number for number, (_, code) in enumerate(PROVIDERS, 1)}
    for line in _TABLE.split("\n"):
        if not line:
            continue
        number, name, language, gender, accent, age, provider, modes = line.split()
        yield {
            "id": int(number),
            "name": name,
            "language_id": ids[language],
            "gender": {"f": "female", "m": "male"}[gender],
            "preview_url": f"https://cdn.example.com/voices/{number}.mp3",
            "accent": None if accent == "-" else accent,
            "age": None if age == "-" else age.replace("_", " "),
            "synthesizer_provider_id": providers.get(provider),
            "modes": [_MODES[mode] for mode in modes],
        }
