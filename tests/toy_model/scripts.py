"""What the committed samples say, in words of the lexicon."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A sentence to speak: by whom, and after how long a pause."""

    speaker: str
    text: str
    """Lower case, without punctuation."""
    pause_s: float


ALICE, BOB = "Alice", "Bob"
VOICES = {ALICE: "en-us+f2", BOB: "en-us"}

SAMPLE = (
    Line(BOB, "hello world this is a test of the transcription pipeline", 0.3),
    Line(BOB, "please upload the video file to the cloud storage bucket", 0.5),
    Line(BOB, "the worker will read the audio and write the text", 0.7),
    Line(BOB, "the quick brown fox jumps over the lazy dog", 0.6),
    Line(BOB, "one two three four five six seven eight nine ten", 0.5),
    Line(BOB, "good morning and welcome to the meeting", 0.8),
    Line(BOB, "alice will send the message tomorrow", 0.6),
    Line(BOB, "the answer is seven", 0.5),
    Line(BOB, "our model will write every word", 0.5),
    Line(BOB, "alice and bob are in the meeting", 0.6),
    Line(BOB, "thank you and good night", 0.7),
)
"""About half a minute by one speaker."""

MEETING = (
    Line(ALICE, "good morning and welcome to the meeting", 0.4),
    Line(BOB, "good morning alice", 1.2),
    Line(ALICE, "alice and bob are in the meeting", 1.0),
    Line(BOB, "thank you for your message", 1.6),
    Line(ALICE, "question one is for bob", 2.5),
    Line(BOB, "the answer is seven", 1.1),
    Line(ALICE, "please read the next question", 1.4),
    Line(BOB, "the recording was large and the text was good", 1.0),
    Line(BOB, "the job is done", 1.3),
    Line(ALICE, "job seven is in the queue", 6.0),
    Line(ALICE, "bob can open the first file", 1.0),
    Line(ALICE, "the test starts at nine", 1.2),
    Line(ALICE, "speaker one is alice", 1.4),
    Line(BOB, "the worker will read the audio from storage", 3.5),
    Line(BOB, "the cloud function will start a new job", 1.2),
    Line(ALICE, "please open the last recording now", 9.0),
    Line(BOB, "the quick brown fox jumps over the lazy dog", 4.0),
    Line(ALICE, "please stop the recording", 2.2),
    Line(BOB, "the last word is orange", 1.5),
    Line(ALICE, "our model will write every word", 1.4),
    Line(BOB, "question two is for alice", 12.0),
    Line(ALICE, "please read the message", 1.1),
    Line(BOB, "bob will send the message tomorrow", 1.3),
    Line(ALICE, "no it is not ready", 1.8),
    Line(ALICE, "send your message to bob", 1.0),
    Line(BOB, "run the test again please", 2.0),
    Line(ALICE, "we can listen every morning", 15.0),
    Line(BOB, "the black dog and the white fox", 1.6),
    Line(ALICE, "green blue and yellow", 1.4),
    Line(BOB, "one two three four five six seven eight nine ten", 5.0),
    Line(ALICE, "progress is eight of twelve", 2.4),
    Line(BOB, "wait a minute please", 1.2),
    Line(ALICE, "the answer is eleven", 8.0),
    Line(BOB, "here is the new recording for bob", 1.5),
    Line(ALICE, "please upload the large file to the bucket", 1.9),
    Line(BOB, "alice will stop the machine tomorrow", 1.3),
    Line(ALICE, "every day begins with a new question", 2.6),
    Line(BOB, "read the next segment", 1.2),
    Line(ALICE, "the server will wait for one hour", 3.2),
    Line(BOB, "my dog is black and your dog is white", 1.0),
    Line(ALICE, "the queue is ready", 10.0),
    Line(BOB, "speaker two is bob", 1.7),
    Line(ALICE, "the next meeting starts at seven", 1.8),
    Line(BOB, "i can listen to the speech and write the text", 1.3),
    Line(ALICE, "wait a second please", 7.0),
    Line(BOB, "the machine was large and the server is new", 1.5),
    Line(ALICE, "please read the last segment now", 2.0),
    Line(BOB, "we start today and stop tomorrow", 4.5),
    Line(ALICE, "welcome to the transcription pipeline", 11.0),
    Line(BOB, "the server will wait for one second", 1.7),
    Line(ALICE, "this is a test", 2.2),
    Line(BOB, "yes it works", 1.1),
    Line(ALICE, "good night bob", 6.5),
    Line(BOB, "thank you and good night", 1.4),
)
"""A talk of four to six minutes between two speakers, with pauses of one to fifteen seconds."""
