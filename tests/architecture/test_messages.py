"""What an error message names in quotation marks stands on the page: the words of a question, and no name of our own for it."""

import re

from tests.architecture import source

#: A message that names a field, and what a field is called on its page.
NAMES = re.compile(r"_\(\s*[\"']‘([^’%]+)’")
LABEL = re.compile(r"(?:label\s*=\s*|Field\(\s*)_\(\s*[\"']([^\"']+)[\"']")


def test_messages_name_a_question_by_its_words():
    texts = {str(each.path.relative_to(source.ROOT)): each.path.read_text() for each in source.modules().values()}
    asked = {words for text in texts.values() for words in LABEL.findall(text)} | OTHERWISE
    wrong = {(file, words) for file, text in texts.items() for words in NAMES.findall(text) if words not in asked}
    assert wrong == set()


#: Labels that are put together elsewhere, and words in a hint.
OTHERWISE = {"Date of birth", "a week"}
