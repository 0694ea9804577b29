"""Closed word classes that the parse cannot tell apart: lasting states from moods, jobs from other nouns."""

from functools import cache


@cache
def word_class(words: str) -> frozenset[str]:
    """The words of a blank-separated list, as a set."""
    return frozenset(words.split())


DIETS = word_class("vegan vegetarian pescatarian veggie halal kosher keto teetotal coeliac celiac flexitarian")
MARITAL = word_class("married single divorced engaged widowed separated")
STABLE_STATES = word_class(
    "sober diabetic asthmatic deaf blind dyslexic autistic epileptic anaemic anemic colourblind "
    "colorblind colour-blind color-blind left-handed right-handed lefthanded ambidextrous "
    "bilingual trilingual multilingual gay lesbian bisexual queer trans transgender nonbinary "
    "non-binary asexual straight pregnant retired adopted catholic christian muslim jewish hindu "
    "buddhist atheist agnostic religious introverted extroverted shy nearsighted short-sighted "
    "shortsighted claustrophobic hypertensive neurodivergent insomniac bald tall short "
    "gluten-free dairy-free lactose-intolerant disabled paraplegic adhd bipolar immunocompromised "
    "prediabetic hypothyroid anxious_disorder dyspraxic perimenopausal menopausal undocumented "
    "tenured semi-retired homeschooled conservative liberal lactose color"
) - {"short", "blind_spot", "color"}
MOMENTS = word_class(
    "tired hungry sad happy bored sorry glad fine good ok okay sure stuck confused ready back "
    "here home late busy done curious excited angry mad upset sick ill cold hot thirsty sleepy "
    "exhausted stressed nervous worried lost lonely proud grateful thankful alive free available "
    "able willing interested aware certain wrong right new unsure alone early awake dead broke "
    "drunk hungover full starving annoyed frustrated anxious relieved surprised disappointed "
    "embarrassed jealous"
)
OCCUPATIONS = word_class(
    "pm vp svp evp nurse doctor chef cook student lawyer architect pilot surgeon vet pharmacist "
    "accountant barista clerk plumber electrician carpenter farmer soldier sailor priest pastor "
    "monk nun judge actor actress author poet dj musician painter sculptor librarian professor "
    "lecturer postdoc researcher intern apprentice trainee paramedic firefighter policeman "
    "policewoman cop detective butcher baker grocer tailor hairdresser barber waiter waitress "
    "bartender cashier receptionist secretary translator interpreter journalist editor copywriter "
    "photographer economist mathematician physicist chemist biologist historian physio "
    "physiotherapist midwife carer caregiver nanny housewife househusband homemaker freelancer "
    "contractor entrepreneur founder ceo cto cfo coo programmer coder sysadmin dba tester welder "
    "mechanic machinist trucker courier postman gardener landscaper florist beekeeper zookeeper "
    "astronaut diplomat politician mayor banker broker trader auditor actuary realtor sommelier "
    "tutor coach dentist orthodontist radiologist solicitor barrister paralegal teacher "
    "teaching_assistant headteacher principal dean bricklayer roofer builder foreman janitor "
    "caretaker cleaner maid butler chauffeur conductor composer cellist pianist violinist "
    "guitarist drummer dancer choreographer model stylist influencer streamer youtuber blogger "
    "pensioner retiree civil_servant clinician psychologist psychiatrist optician optometrist "
    "herder fisherman marine veteran ranger lifeguard referee athlete boxer jockey golfer curator "
    "archivist analyst sophomore freshman undergrad undergraduate postgraduate graduate "
    "phd_student fellow partner_at_firm sales rep salesman saleswoman executive director "
    "supervisor representative"
)
NOT_OCCUPATIONS = word_class(
    "beginner lover believer member sister brother mother father daughter number owner user speaker reader gamer "
    "drinker eater smoker newcomer stranger loser winner customer computer matter another other paper dinner "
    "summer winter answer center centre power water letter color colour minor factor error mirror door floor "
    "sucker sleeper early_riser riser person monster killer helper foreigner outsider learner viewer player "
    "follower master hater liar whisper loner character order layer offer filter folder header pointer parameter "
    "server laptop finger lever river corner buyer seller sinner caller newbie amateur visitor volunteer "
    "gentleman human layman caveman snowman superman milkman madman grown-man runner survivor donor cancer "
    "disaster mentor competitor neighbor neighbour traveler traveller guest twist list mist optimist pessimist "
    "perfectionist"
)
TRAIT_NOUNS = word_class(
    "aunt uncle godmother godfather stepmother stepfather introvert extrovert insomniac twin dad "
    "mum mom mother father parent grandmother grandfather grandparent widow widower veteran "
    "immigrant expat refugee feminist atheist christian muslim buddhist catholic hindu jew runner "
    "cyclist swimmer climber gamer hiker sailor vegetarian vegan diabetic asthmatic smoker "
    "non-smoker teetotaller perfectionist volunteer survivor owner leo aries taurus gemini virgo "
    "libra scorpio sagittarius capricorn aquarius pisces minimalist hobbyist orphan lefty foodie "
    "homeowner landlord citizen donor birdwatcher member celiac coeliac grandma grandpa stepdad "
    "stepmom native"
)
PERSON_NOUNS = word_class(
    "kid child son daughter brother sister twin wife husband partner girlfriend boyfriend nephew "
    "niece grandson granddaughter grandchild grandkid sibling cousin stepson stepdaughter fiancé "
    "fiancée fiance baby toddler uncle aunt friend flatmate roommate housemate triplet boy girl "
    "parent half-brother half-sister stepbrother stepsister"
)
CONDITIONS = word_class(
    "hives nosebleed burnout asthma diabetes adhd add ocd ptsd epilepsy dyslexia autism migraine migraines "
    "allergy intolerance eczema psoriasis disorder syndrome disease condition phobia cancer depression anxiety "
    "insomnia hypertension arthritis celiac coeliac tinnitus pcos endometriosis ibs hiv lisp gout rosacea "
    "sciatica anaemia anemia narcolepsy glaucoma angina thalassemia haemophilia hemophilia neuropathy concussion "
    "paralysis stutter stammer cramps reflux sinusitis bulimia anorexia menopause parkinsons alzheimers lupus "
    "fibromyalgia parkinson alzheimer dementia scoliosis vertigo apnea apnoea pressure cholesterol reflux hernia "
    "pacemaker prosthesis implant cataract glaucoma"
)
BELONGINGS = word_class(
    "braces brace loan share car van truck motorbike motorcycle bike bicycle scooter boat house flat apartment "
    "cottage cabin caravan garden allotment farm land shop store business company startup restaurant bakery "
    "degree phd doctorate masters bachelor mba diploma certificate licence license tattoo piercing piano guitar "
    "violin cello drum keyboard saxophone flute telescope collection dog cat puppy kitten rabbit hamster horse "
    "pony parrot tortoise snake fish chicken goldfish budgie greenhouse workshop studio campervan motorhome "
    "sailboat kayak surfboard mortgage blog podcast channel newsletter job visa passport citizenship permit "
    "hearing pet sheep goat bee hive beehive cow donkey bunny lizard gecko turtle ferret macbook iphone thinkpad "
    "chromebook tesla toyota honda volvo ford beard band freckle dumbbell kettlebell treadmill rower bench "
    "barbell trampoline paddleboard skateboard snowboard skis canoe tent yurt bungalow studio condo terrace "
    "balcony basement attic loft allotment orchard vineyard pond pool hot_tub sauna garage shed barn stable "
    "aquarium terrarium camper lorry tractor moped ebike e-bike wheelchair harley vespa jeep fiat bmw audi "
    "mercedes renault peugeot kia nissan mazda subaru skoda vw volkswagen fiesta polo golf mini prius oven "
    "airfryer fryer microwave freezer dishwasher dryer cooker thermomix blender fireplace stove grill smoker kiln "
    "loom printer console xbox playstation switch ps5 kindle ipad tablet laptop desktop macbook drone camera "
    "synth harp trumpet banjo ukulele accordion harmonica record turntable tracker smartwatch alpaca llama "
    "hedgehog ferret iguana chinchilla mouse rat canary cockatiel cockatoo macaw pigeon peacock turkey geese ox "
    "pug poodle beagle labrador retriever terrier dachshund collie spaniel greyhound whippet corgi husky shepherd "
    "rottweiler chihuahua bulldog mastiff schnauzer pitbull tabby siamese ragdoll savings pension isa patent "
    "allotment scar birthmark dimple wig pacemaker stoma prosthetic denture invisalign retainer nickname"
)
BODY = word_class(
    "leg arm wrist ankle foot hand hip collarbone rib nose back knee toe finger shoulder tooth acl appendix "
    "tonsil gallbladder wisdom breast kidney eye hernia spleen womb neck spine elbow thumb ear heart lung jaw "
    "hamstring achilles meniscus ligament cartilage tendon disc pelvis skull thyroid prostate ovary retina"
)
"""Parts of the body that are hurt, treated and missed."""
APPOINTMENTS = word_class(
    "appointment exam interview flight wedding surgery operation meeting deadline concert trip "
    "holiday vacation party audition viewing date checkup check-up test marathon race "
    "presentation graduation reservation booking conference recital tournament final match game "
    "scan mri biopsy hearing defence defense viva christening funeral baptism reunion birthday "
    "anniversary train ferry visit session class lesson ceremony tour gig"
)
OUTINGS = APPOINTMENTS | word_class(
    "hospital dentist doctor museum festival mountain theatre theater opera retreat er specialist aquarium zoo "
    "gallery exhibition exhibit workshop parade protest march rally fair carnival park beach lake forest cabin "
    "farm safari cruise hike campsite picnic barbecue bbq fundraiser charity marathon derby stadium castle island "
    "seaside coast show play musical convention meetup gala auction pageant camp tournament hackathon"
)
"""Where people go and what they go to, when it is an occasion."""
WORKPLACES = word_class(
    "bank hospital agency firm company office shop supermarket bakery restaurant cafe café factory non-profit ngo "
    "startup start-up library museum clinic council ministry charity hotel studio garage lab warehouse pub bar "
    "farm salon gallery gym practice surgery guesthouse hostel nursery brewery winery garage dojo kiosk stall "
    "stand truck school"
)
"""Nouns for places of work, and businesses that people open."""
INSTRUMENTS = word_class(
    "piano guitar cello violin viola flute drums drum bass saxophone sax trumpet clarinet harp "
    "ukulele keyboard keyboards organ banjo accordion trombone oboe harmonica mandolin fiddle "
    "recorder tuba chess"
)
KNOWING = word_class(
    "think know guess mean see hope need want wonder understand remember forget agree appreciate "
    "thank apologise apologize get say tell ask promise suggest believe feel look seem sound find "
    "mind care bet swear suppose assume doubt realize realise notice expect have try keep be do "
    "go come let make start stop give put call show hear wish figure reckon recommend require "
    "disagree imagine consider deserve matter fail end happen turn become miss depend plan intend "
    "lose leave regret reply worry fear hang request beg insist accept respect recall dream "
    "recognise recognize admit confess decide tend like love hate prefer enjoy"
)
"""Verbs whose simple present, said by "I", tells of this conversation or a state of mind, and not of a habit."""
ARTEFACTS = word_class(
    "code script function error file program command query page app website button link message "
    "output input table column row list array loop class method variable string test server "
    "database bug log line text email document sentence word question answer problem issue idea "
    "reason point way thing stuff result option example version formula cell spreadsheet model "
    "data api request response image prompt essay draft paragraph exception"
)
"""Nouns of the work at hand: what is done to them is a task, not a habit."""

ABSTRACT = word_class(
    "love happiness joy support peace comfort energy sense memory hope inspiration strength motivation lot "
    "difference time chance luck fun feeling thought opinion care courage respect trust confidence attention "
    "success challenge opportunity goal experience help advice gratitude passion bond mind part look step place "
    "break touch focus"
)
"""Nouns of feeling and effort: what brings or gives them is praise, not a habit."""
_GREEK_ENDINGS = (
    "itis",
    "emia",
    "aemia",
    "osis",
    "algia",
    "phobia",
    "opathy",
    "ectomy",
    "lexia",
    "praxia",
    "plasia",
    "plegia",
    "trophy",
    "pnea",
    "pnoea",
    "sclerosis",
    "uria",
    "mania",
)


def is_condition(lemma: str) -> bool:
    """Whether a noun names an illness or impairment: by list, or by its Greek ending."""
    return lemma in CONDITIONS or (len(lemma) > 6 and lemma.endswith(_GREEK_ENDINGS))
