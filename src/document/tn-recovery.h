/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRecovery: a copy of a model's unsaved changes, which outlives a crash of the program. */
#pragma once

#include "document/tn-document.h"

G_BEGIN_DECLS

/**
 * TnRecovery:
 *
 * Two files in a folder of its own: the model, and beside it whose it is, which is locked for as
 * long as the value lives. So a copy that nobody has locked is what a program left behind that
 * ended without being asked to. Atomically counted; one thread at a time may write.
 */
typedef struct _TnRecovery TnRecovery;

/* Where copies are kept: "tenon/recovery" among the user's state. New string. */
char *tn_recovery_folder (void);
/* A copy that is not written yet. @folder is made when it is not there. */
TnRecovery *tn_recovery_new (const char *folder, GError **error);
TnRecovery *tn_recovery_ref (TnRecovery *self);
/* Unlocks; what was written stays. */
void tn_recovery_unref (TnRecovery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnRecovery, tn_recovery_unref)

/* @path: the model's file, NULL when it has none. */
gboolean tn_recovery_write (TnRecovery *self, const TnGraph *graph, const char *path,
                            const char *title, GError **error);
/* Takes the files away; the value is of no more use. */
void tn_recovery_forget (TnRecovery *self);

/* The copies that nobody is at work on, oldest first, each locked by that. Of #TnRecovery; empty
 * when there are none. What has no model beside it is cleaned away. */
GPtrArray *tn_recovery_find (const char *folder);
/* The document as it was: modified, without history. */
TnDocument *tn_recovery_open (TnRecovery *self, GError **error);

G_END_DECLS
