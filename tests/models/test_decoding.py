"""What is made of the text of a decode, in every script."""

from random import Random

import pytest
from faster_whisper.transcribe import get_compression_ratio

from assistant.transcript.nonsense import LOOP_COMPRESSION_RATIO
from models.decoding import compression_ratio

# The first article of the Universal Declaration of Human Rights.
ARTICLE = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience "
    "and should act towards one another in a spirit of brotherhood.",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और "
    "अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।",
    "ka": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით. მათ მინიჭებული აქვთ გონება და "
    "სინდისი და ერთმანეთის მიმართ უნდა იქცეოდნენ ძმობის სულისკვეთებით.",
    "ta": "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்; அவர்கள் மதிப்பிலும், உரிமைகளிலும் சமமானவர்கள், அவர்கள் "
    "நியாயத்தையும் மனசாட்சியையும் இயற்பண்பாகப் பெற்றவர்கள். அவர்கள் ஒருவருடனொருவர் சகோதர உணர்வுப் பாங்கில் "
    "நடந்துகொள்ளல் வேண்டும்.",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
}


@pytest.mark.parametrize("code", ARTICLE)
def test_what_is_said_is_no_loop_and_what_is_said_again_and_again_is_one(code):
    assert compression_ratio(ARTICLE[code]) < LOOP_COMPRESSION_RATIO - 0.4
    assert compression_ratio(f"{ARTICLE[code][:20]} " * 5) > LOOP_COMPRESSION_RATIO


def test_a_loop_in_english_is_what_it_is_for_whisper():
    assert compression_ratio(ARTICLE["en"]) == get_compression_ratio(ARTICLE["en"])


def test_more_letters_than_there_are_bytes_make_no_loop():
    letters = Random(0).sample(range(0x4E00, 0x9FFF), 300)
    assert compression_ratio("".join(map(chr, letters))) < 1.5
