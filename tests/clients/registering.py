"""What is typed of a person who is registered, or referred: by the names of the form's fields."""

PERSON = {
    "first_name": "Sorrel",
    "last_name": "Larkrise",
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1981",
    "sex": "F",
    "telephone": "07700 900123",
    "address": "1 Sandpiper Row\nTesting",
    "by_telephone": "yes",
    "by_voicemail": "no",
    "by_text": "yes",
    "by_post": "no",
    "by_visit": "no",
    "what_to_say": "It is Sam",
}
