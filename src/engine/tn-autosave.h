/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnAutosave: keeps a copy of a document's unsaved changes, written in the background. */
#pragma once

#include "document/tn-recovery.h"

G_BEGIN_DECLS

/* Seconds from the first change that is not in the copy until it is written. */
#define TN_AUTOSAVE_DELAY 3

/* Belongs to whose document it is; of one thread. */
typedef struct _TnAutosave TnAutosave;

/* That no copy can be kept, as a whole sentence; told once. */
typedef void (*TnAutosaveFunc) (const char *message, gpointer data);

/* Follows @document: a copy in @folder while it has unsaved changes, none when it has not. @copy:
 * that which the document was recovered from, taken over as the first one; NULL: none. */
TnAutosave *tn_autosave_new (TnDocument *document, const char *folder, TnRecovery *copy,
                             TnAutosaveFunc failed, gpointer data);
/* Whoever ends this has saved the changes or given them up: the copy goes as well. */
void tn_autosave_free (TnAutosave *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnAutosave, tn_autosave_free)

/* Writes what is not in the copy yet, and waits for it: the program is about to be ended. */
void tn_autosave_flush (TnAutosave *self);

G_END_DECLS
