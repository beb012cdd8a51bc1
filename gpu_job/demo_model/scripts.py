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
    Line(BOB, "the worker will read the recording and write the text", 0.7),
    Line(BOB, "the quick brown fox jumps over the lazy dog", 0.6),
    Line(BOB, "one two three four five six seven eight nine ten", 0.5),
    Line(BOB, "the meeting starts at nine and ends at eleven", 0.8),
    Line(BOB, "alice will send the message to the server today", 0.6),
    Line(BOB, "the answer to question seven is twelve", 0.5),
    Line(BOB, "our model will write every word", 0.5),
    Line(BOB, "thank you and good night", 0.7),
)
"""About half a minute by one speaker."""

MEETING = (
    Line(ALICE, "good morning and welcome to the meeting", 0.4),
    Line(BOB, "good morning alice", 1.2),
    Line(ALICE, "the meeting starts at nine and ends at ten", 1.0),
    Line(BOB, "thank you for your message", 1.6),
    Line(ALICE, "question one is for bob", 2.5),
    Line(BOB, "yes we are ready", 1.1),
    Line(ALICE, "was the upload of the video file quick", 1.4),
    Line(BOB, "yes the upload of the video file was quick", 1.0),
    Line(BOB, "the recording is in the bucket now", 1.3),
    Line(ALICE, "here is the status of every job", 6.0),
    Line(ALICE, "job one is done", 1.0),
    Line(ALICE, "job two is in the queue", 1.2),
    Line(ALICE, "job three was not ready", 1.4),
    Line(BOB, "the worker will read the audio from the bucket", 3.5),
    Line(BOB, "the cloud function will start a new job", 1.2),
    Line(ALICE, "listen to the first recording again", 9.0),
    Line(BOB, "the quick brown fox jumps over the lazy dog", 4.0),
    Line(ALICE, "the language of the recording is not new", 2.2),
    Line(BOB, "the first word is seven and the last word is orange", 1.5),
    Line(ALICE, "our model will write every word", 1.4),
    Line(BOB, "question two is for alice", 12.0),
    Line(ALICE, "please read the question", 1.1),
    Line(BOB, "can we send the message to the server today", 1.3),
    Line(ALICE, "no the server is not ready", 1.8),
    Line(ALICE, "the server will wait for one hour", 1.0),
    Line(BOB, "we will run the test tomorrow", 2.0),
    Line(ALICE, "alice and bob are in the meeting every morning", 15.0),
    Line(BOB, "my dog is black and your dog is white", 1.6),
    Line(ALICE, "the red fox and the brown dog", 1.4),
    Line(BOB, "one two three four five six seven eight nine ten", 5.0),
    Line(ALICE, "progress is eight of twelve", 2.4),
    Line(BOB, "please wait a minute", 1.2),
    Line(ALICE, "the answer to question two is eleven", 8.0),
    Line(BOB, "the result of the test is good", 1.5),
    Line(ALICE, "all of the audio is in the cloud storage bucket", 1.9),
    Line(BOB, "the machine will stop at night", 1.3),
    Line(ALICE, "every job begins with a small file", 2.6),
    Line(BOB, "every meeting ends with a question", 1.2),
    Line(ALICE, "will you send the recording to bob", 3.2),
    Line(BOB, "you can send a large file to the bucket", 1.0),
    Line(ALICE, "the status of job nine is good", 10.0),
    Line(BOB, "speaker one is alice and speaker two is bob", 1.7),
    Line(ALICE, "the next meeting starts at seven", 1.8),
    Line(BOB, "we can listen to the speech and write the text", 1.3),
    Line(ALICE, "not every question is new", 7.0),
    Line(BOB, "the last answer was twelve", 1.5),
    Line(ALICE, "read the last segment again please", 2.0),
    Line(BOB, "the green machine works and the blue machine was not ready", 4.5),
    Line(ALICE, "we start today and stop tomorrow", 11.0),
    Line(BOB, "now the worker is ready for a large recording", 1.7),
    Line(ALICE, "now the transcription pipeline is ready", 2.2),
    Line(BOB, "yes it works", 1.1),
    Line(ALICE, "thank you bob", 6.5),
    Line(BOB, "thank you and good night", 1.4),
)
"""A talk of four to six minutes between two speakers, with pauses of one to fifteen seconds."""
