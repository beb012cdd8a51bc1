"""The small words at which people break lines, or never do, by language.

A line break helps before a conjunction or preposition and hurts after one; it may not part an article or possessive
from its noun, nor a subject pronoun or auxiliary from its verb (Netflix Timed Text Style Guide, general requirements).
The lists hold the frequent words only: a word that is missing costs a slightly worse break, never an error.
"""

from __future__ import annotations

from functools import cache


class Role:
    """What a small word does to a line break beside it: bits of a plain int, for those of an enum are slow."""

    NONE = 0
    ARTICLE = 1  # and whatever else announces a noun: determiners, possessives, demonstratives
    PREPOSITION = 2
    CONJUNCTION = 4
    PRONOUN = 8  # as a subject
    AUXILIARY = 16  # and negations


_ARTICLES = {
    "en": "a an the my your his her its our their this these those each every some any no own",
    "de": "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine meinen "
    "meinem meiner dein deine sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere unseren dieser "
    "diese dieses diesen diesem jeder jede jedes jeden alle manche welche",
    "es": "el la los las lo un una unos unas mi mis tu tus su sus nuestro nuestra nuestros nuestras este esta estos "
    "estas ese esa esos esas aquel aquella cada algún alguna ningún ninguna",
    "fr": "le la les un une mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces "
    "chaque quelque quelques aucun aucune",
    "it": "il lo la i gli le un uno una mio mia miei mie tuo tua suo sua suoi sue nostro nostra loro questo questa "
    "questi queste quel quello quella quei quelle ogni qualche",
    "pt": "o a os as um uma uns umas meu minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas este "
    "esta estes estas esse essa esses essas aquele aquela cada algum alguma nenhum nenhuma",
    "nl": "de het een mijn jouw je zijn haar ons onze jullie hun dit deze dat die elke elk iedere geen",
    "sv": "en ett den det de min mitt mina din ditt dina sin sitt sina vår vårt våra denna detta dessa varje ingen",
    "pl": "ten ta to te ci mój moja moje twój twoja jego jej nasz nasza ich każdy każda",
    "ru": "этот эта это эти тот та те мой моя моё мои твой твоя его её наш наша их каждый каждая",
}
_PREPOSITIONS = {
    "en": "of in on at by for with from to into onto about over under after before between through during without "
    "within against among across behind beyond near since until upon towards toward around",
    "de": "in an auf aus bei mit nach von vor zu für über unter durch gegen ohne um zwischen "
    "während wegen seit bis hinter neben trotz",
    "es": "a de en con por para sin sobre entre desde hasta hacia contra según durante tras ante bajo",
    "fr": "à de en dans par pour sans sur sous entre vers chez avec depuis pendant contre après avant jusque selon",
    "it": "di a da in con su per tra fra senza sotto sopra verso contro durante dopo prima presso",
    "pt": "de em por para com sem sob sobre entre até desde contra após ante perante durante",
    "nl": "van in op aan met voor bij naar door over uit tot om onder tegen tussen zonder sinds tijdens na te",
    "sv": "i på av till för med från om under över vid mellan utan genom mot hos efter före sedan",
    "pl": "w we na z ze do od po za o u przez dla bez przed nad pod między przy",
    "ru": "в во на с со из от до по за о об у к ко для без при под над перед между через про",
}
_CONTRACTIONS = {  # a preposition and an article in one word: break before, never after
    "de": "im am ins ans vom beim zum zur",
    "es": "al del",
    "fr": "du des au aux",
    "it": "del dello della dei degli delle al allo alla ai agli alle dal dallo dalla dai dagli dalle nel nello nella "
    "nei negli nelle sul sullo sulla sui sugli sulle",
    "pt": "do da dos das no na nos nas ao à aos às pelo pela pelos pelas num numa",
}
_CONJUNCTIONS = {
    "en": "and or but nor so yet because although though while whereas if unless when whenever where that which who "
    "whom whose than as whether how why what",
    "de": "und oder aber denn sondern weil dass daß ob wenn als obwohl während damit sodass bevor nachdem wie sowie "
    "doch falls welcher welches",
    "es": "y e o u pero sino porque que si cuando donde aunque mientras como cómo qué pues ni quien cuyo",
    "fr": "et ou mais donc or ni car que qui quand si lorsque puisque quoique comme parce dont où",
    "it": "e ed o od ma però perché che se quando dove mentre come anche né quindi poiché cui",
    "pt": "e ou mas porém porque que se quando onde embora enquanto como pois nem quem cujo",
    "nl": "en of maar want omdat dat als wanneer terwijl hoewel toen dus waar zodat zoals dan noch",
    "sv": "och eller men att som om när därför medan eftersom så fast än",
    "pl": "i a ale lub albo czy że żeby gdy kiedy bo ponieważ jeśli który która które oraz więc",
    "ru": "и а но или да что чтобы если когда потому как где который которая которое хотя то пока",
}
_PRONOUNS = {
    "en": "i you he she it we they i'm you're he's she's it's we're they're i'll you'll we'll they'll i've you've "
    "we've they've i'd",
    "de": "ich du er sie es wir man",
    "es": "yo tú él ella nosotros ellos ellas usted ustedes me te se nos le les",
    "fr": "je tu il elle on nous vous ils elles me te se ne",
    "it": "io tu lui lei noi voi loro mi ti si ci vi",
    "pt": "eu tu ele ela nós eles elas você vocês me te lhe",
    "nl": "ik jij hij zij ze wij we men er",
    "sv": "jag du han hon vi ni man",
    "pl": "ja ty on ona my wy oni one się",
    "ru": "я ты он она оно мы вы они не",
}
_AUXILIARIES = {
    "en": "am is are was were be been being have has had do does did will would can could shall should may might must "
    "not don't doesn't didn't won't can't isn't aren't wasn't never",
    "de": "bin bist ist sind war waren wird werden wurde wurden habe hat haben hatte hatten kann können muss müssen "
    "soll will darf nicht nie",
    "es": "he has ha hemos han había es son era eran está están estaba ser estar no nunca va vamos van",
    "fr": "ai as a avons avez ont avait est sont était étaient été être avoir va vont pas n'est n'a",
    "it": "ho hai ha abbiamo hanno è sono era erano stato stata essere avere non sta stanno può",
    "pt": "há é são era eram está estão estava foi ser estar ter tem têm não nunca vai vão pode",
    "nl": "ben bent is was waren heb hebt heeft hebben had wordt worden werd kan kunnen moet zal zullen niet nooit",
    "sv": "är var har hade blir blev kan ska skulle måste inte aldrig",
    "pl": "jest są był była było będzie będą nie ma",
    "ru": "был была было были будет будут есть",
}

_ABBREVIATIONS = (
    "dr mr mrs ms prof st sr jr vs etc e.g i.e nr fig vol p pp bzw z.b d.h u.a usw ca hr fr mme mlle sra dra dott "
    "sig ing dhr mevr mw t.ex др г т.е т.д"
)
_UNITS = (
    "% ‰ ° °c °f € $ £ ¥ k m b km m² m³ cm mm nm mi ft lb lbs oz kg g mg µg l ml dl h hr hrs min mins s sec ms hz "
    "khz mhz ghz w kw mw gw kwh v mb gb tb kb bit bits byte bytes px am pm a.m p.m percent prozent procent "
    "процентов hours hour minutes minute seconds second days day weeks week months month years year stunden stunde "
    "minuten sekunden tage tag wochen monate jahre jahr uhr horas hora minutos segundos días día semanas meses mes "
    "años año heures heure secondes jours jour semaines mois ans an années ore ora minuti secondi giorni giorno anni "
    "anno dias dia anos ano uur uren seconden dagen dag weken jaar jaren thousand million millions billion tausend "
    "millionen milliarden mil millón millones mille milliard milliards milioni miliardi milhão milhões miljoen "
    "miljard euro euros dollar dollars pounds january february april june july august september october "
    "november december januar februar märz juni juli oktober dezember километров метров часов минут лет рублей"
)

ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Words whose full stop does not end a sentence, without that full stop."""

UNITS = frozenset(_UNITS.split())
"""What follows a number and belongs to it, in lower case and without a full stop."""


@cache
def roles(language: str) -> dict[str, int]:
    """The small words of a language (ISO 639-1) in lower case; empty for a language without a list."""
    found: dict[str, int] = {}
    for role, lists in (
        (Role.ARTICLE, _ARTICLES),
        (Role.PREPOSITION, _PREPOSITIONS),
        (Role.ARTICLE | Role.PREPOSITION, _CONTRACTIONS),
        (Role.CONJUNCTION, _CONJUNCTIONS),
        (Role.PRONOUN, _PRONOUNS),
        (Role.AUXILIARY, _AUXILIARIES),
    ):
        for word in lists.get(language, "").split():
            found[word] = found.get(word, Role.NONE) | role
    return found
