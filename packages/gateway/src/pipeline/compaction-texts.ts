/**
 * What the model of a session is asked when the session's history is to be condensed. The one who reads the answer has the tools and the
 * working directory, and nothing else: so facts are asked for, not a story.
 */
export const summaryPrompt = `The conversation above has become too long and will now be cut. You, or another model like you, will go on with the work and will see nothing of it but the user's own messages and what you write now. Write the hand-over.

Do not call any tool and do not go on with the work: answer with the hand-over as plain text only. Take facts from the conversation as they are; what you do not know, do not make up. If the conversation begins with an earlier hand-over, carry over everything in it that still matters.

Cover, in this order, leaving out what does not apply:

1. Goal: what the user wants in the end, and what they asked for last.
2. Constraints: every instruction, preference and prohibition of the user and of the project that still holds, in the user's exact words.
3. Done so far: each change with the path of its file and what was changed and why; commands that were run, with what came out where it matters (exact error messages, failing tests, versions, ports, ids).
4. Knowledge: how the relevant code works, with paths and names of functions and types; facts found out on the way, also about what does not work and was tried in vain.
5. Decisions: what was decided, by whom, and why; questions that are still open.
6. State: what is finished, what is half done and where exactly it stands, what runs in the background (sessions, servers, other agents, with their ids).
7. Next steps: what to do next, in order, beginning with the very next action.

Write names, paths, numbers, commands and code exactly. Be complete before you are brief, but repeat nothing and quote no long outputs.`;

/** Leads the summary when it is handed over to the model that goes on. */
export const handOverOpening = `The conversation before this point was cut because it had become too long. Below is the hand-over that the model working on it wrote for you. Its work is your work now: do not start over, do not repeat what is done, and do not speak of the hand-over to the user. Files and running processes are as it left them; look at them again where you need more than is told here.`;

/** Leads the user's own messages where the agent did not keep them. */
export const keptMessagesOpening =
  'Before the cut, the user wrote these messages, oldest first. They are given word for word:';
