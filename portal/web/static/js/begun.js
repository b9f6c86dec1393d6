/* Reports that were begun on this phone without a network. Until the portal has begun one too, what belongs to it is kept
   under its project's code; the portal gives one draft to a project, however often it is asked. */

import * as outbox from "./outbox.js";
import { asked } from "./sending.js";

/** Begin at the portal what was begun here and has words or photos. Raises `Stopped` where it cannot now; a project that
    takes no reports any more keeps what was written, with the reason. Tells `refused` with the draft. */
export const settleAll = async ({ signal, refused }) => {
  const photos = await outbox.list();
  for (const draft of outbox.knownDrafts().filter((each) => each.begin)) {
    const own = photos.filter((each) => each.report === draft.report && !each.refused);
    if (!own.length && !outbox.keptWords(draft.report)) continue;
    try {
      await settle(draft, await asked(draft.begin, { signal }));
    } catch (error) {
      if (error.why !== "refused") throw error;
      outbox.knowDraft({ ...draft, refused: error.said });
      await refused(own, error.said);
    }
  }
};

/* What this phone holds belongs to the portal's draft from now on. May be cut off anywhere and done again. */
const settle = async (draft, known) => {
  const { report, title, page, uploads, photos } = known;
  outbox.knowDraft(known);
  for (const item of (await outbox.list()).filter((each) => each.report === draft.report)) {
    await outbox.change(item, { report, title, page, uploads, photos });
  }
  const words = outbox.keptWords(draft.report);
  if (words) outbox.keepWords(report, { ...outbox.keptWords(report)?.fields, ...words.fields });
  outbox.forgetDraft(draft.report);
};
