"""What clients say, in their own words, and what goes beside the goals of a plan."""

from carehub.demo.chance import Chance
from carehub.demo.lives import ALCOHOL, AMPHETAMINES, BENZODIAZEPINES, CANNABIS, COCAINE, CRACK, Life

_OPENINGS = {
    CRACK: (
        "It's the crack. I go three days without sleep and then I can't get out of bed.",
        "I spend everything on stones the day I'm paid and then there's nothing in the cupboard.",
        "I said only weekends, and now it is most days.",
    ),
    COCAINE: ("The coke at weekends has turned into Tuesdays and Thursdays. I'm behind with everything.", "I nearly lost my job over it."),
    CANNABIS: (
        "I smoke from when I get up. I can't remember what I did last month.",
        "My head's foggy all day and my mum says I've stopped talking.",
    ),
    AMPHETAMINES: (
        "Been on the whizz for years. I'm tired of being tired.",
        "I can't hold a conversation when I'm on it and I can't get up when I'm not.",
    ),
    ALCOHOL: ("I'm drinking from the morning. My hands shake if I don't.", "I promised the kids and I couldn't do it by myself."),
    BENZODIAZEPINES: ("I was given tablets for sleep years ago and now I buy them.", "I take that many blues I don't know what day it is."),
}
_OPIOID = (
    "I'm fed up with getting up ill every day and going out grafting.",
    "I've been using gear for years and I want a script so I can stop running round.",
    "I got clean inside and I was using again within a fortnight of coming out.",
    "I'm on methadone I buy off somebody. I want it done properly.",
    "I just want to wake up and not be rattling.",
    "My veins have gone. I'm scared of losing my leg.",
)
_WISHES = (
    "I want to be steady and see my kids at weekends.",
    "I'd like my own place and to be left in peace.",
    "I want to work again, I used to be good at it.",
    "I'd settle for a normal week.",
    "I want to stop owing people money.",
    "I want my mum to trust me with a key again.",
    "I want to sleep at night and be up in the day.",
    "I don't know what I want, only not this.",
)


def why_here(life: Life, chance: Chance) -> str:
    """The answer to 'What brings you here today?'."""
    parts = [chance.choice(_OPENINGS.get(life.main, _OPIOID)), chance.choice(_WISHES)]
    if life.in_trouble and chance.happens(0.6):
        parts.append(
            chance.choice(("Probation said I had to come, but I was going to anyway.", "I'm up in court and I want to show I'm trying."))
        )
    if life.pregnant:
        parts.append("I'm pregnant and I'm frightened for the baby.")
    if life.housing == "1":
        parts.append(chance.choice(("I'm stopping on a mate's floor.", "I've been sleeping in a doorway since they put me out.")))
    return " ".join(parts)


STRENGTHS = (
    "I get up for the dog every morning, whatever the night was like.",
    "I held down a job on the buses for six years. I'm good with people.",
    "I have stopped before, for five months, and I remember how.",
    "My sister knows everything. We cook together on Sundays.",
    "I turn up. I have not missed a session since the first one.",
    "I draw, and I sell a picture now and then.",
    "I brought up two children through the worst of it.",
    "I keep an allotment with a neighbour.",
    "I say so when something is not working.",
    "I know a lot about engines and I like showing people.",
    "I swim at the leisure centre when there is money.",
    "I speak up for others at the tenants' meetings.",
)
SUPPORTS_THE_WAIT = (
    "Drop-in every weekday from 10; the duty worker on {telephone}. First appointment with the doctor within three weeks.",
    "A call from {keyworker} each Tuesday until the assessment, at the times we may ring.",
    "Needle exchange and the nurse without an appointment; {keyworker} keeps an hour free on Thursdays.",
    "The open-access sessions at Lanternway, and {keyworker} by telephone on {telephone}.",
)
HARM_REDUCTION = {
    "injects": (
        "Clean needles, filters and sterile water each week; nothing shared, spoons included. Rotate sites, never the groin or neck. "
        "Naloxone at home and carried; {carer} knows how to use it.",
        "New works every time, and a bin for the used ones. Ask the nurse to look at any lump or redness the same day. Never alone: "
        "use with somebody there, one at a time.",
    ),
    "opioids": (
        "Never use alone. Less after a break: the dose from before can now kill. Naloxone kit at home. No tablets or drink on top.",
        "Start with a little, wait, then decide. Keep the naloxone where others can find it.",
    ),
    "alcohol": (
        "I do not stop drinking suddenly: down by two units a day with the diary. A fit means 999.",
        "Something to eat before the first drink, thiamine every day, and nobody lets me drive.",
    ),
    "others": (
        "Eat before, water during, sleep after. No mixing with drink. A night off between two nights.",
        "Not before driving, nor the morning after. Smoke less strong, and not through plastic.",
        "Half of what I used to take after a break. Never alone, never on top of drink.",
    ),
}
IF_DIFFICULT = (
    "If I use, I ring {keyworker} the same day or the duty worker on {telephone}; nobody will tell me off. I go round to {carer} rather "
    "than stay in by myself. If I miss twice, {keyworker} texts me and then rings {carer}.",
    "Pay day is the worst. I come to the drop-in first and leave my card with {carer}. If it goes wrong I come back the next morning, "
    "however I look.",
    "When I stop sleeping I know what comes next. I say so at the next session and we change the plan that week. Out of hours: NHS 111.",
    "If I don't turn up, please try me twice by telephone and leave a message that says only that {keyworker} called.",
)
WAY_BACK = (
    "I can walk in at {agency} on any weekday and be seen that day. My place on the script is kept for two weeks.",
    "One telephone call to {telephone} is enough. I don't start at the beginning: this plan is where we go on.",
    "If I go to prison or hospital, whoever sees me there may ring {keyworker}, and we start again the day I am out.",
)
#: A line for each; who, a colon, what. The first of each for those with an order of the court or on probation.
#: Role (of careplans.Involved), name, how to reach them, their part.
WHO_DOES_WHAT = (
    (
        ("outside", "Housing options team", "At the council offices, weekdays", "The application"),
        ("co-ordination", "Probation", "The officer of the day, by telephone", "The order; told of attendance"),
    ),
    (
        ("gp", "My GP", "The surgery, by appointment", "General health"),
        ("pharmacy", "The pharmacy", "At the counter", "Supervised doses"),
    ),
    (
        ("outside", "The drop-in", "Every weekday from ten", "Groups, and a meal"),
        ("outside", "The nurse of the health bus", "Tuesdays in the square", "Tests, vaccination"),
    ),
)
SHARING = (
    "Probation may be told whether I attend, and nothing of what I say. My GP may have a copy.",
    "My GP and the pharmacy may know what is in this plan. Nobody else without asking me first.",
    "The services of the partnership that treat me may read this. Not my family, and not the Jobcentre.",
)
DISAGREEMENT = (
    "I don't think I need to see the doctor every two weeks. Once a month would do.",
    "I still say the group is not for me. I will try it twice.",
    "I wanted to go straight to detox. I accept that it is not yet.",
)
DECLINED_BECAUSE = (
    "Agrees with the plan, but signs nothing since a bad experience with a contract.",
    "Wants to talk it over with his partner first; asked us to start all the same.",
    "Does not want a paper with this name on it in the house.",
)
CARERS = ("my sister", "my mum", "my partner", "my brother", "my nan", "a friend from the group", "my key person at the hostel")
#: What may be said on the telephone, and who must not know.
WHAT_TO_SAY = (
    "Say it is {discreet}.",
    "Say your first name only.",
    "Ask me to ring back, nothing else.",
    "Say it is about the appointment.",
)
MUST_NOT_KNOW = ("My employer", "My mother", "My partner", "The neighbours downstairs", "My children", "My landlord")
SAFETY_WARNINGS = (
    "Two workers, no home visit: large dog.",
    "Two workers. Ex-partner turns up at the flat.",
    "See in a room with a second door; not after 4 pm.",
)
