/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnChore: one piece of work that takes long, done in a thread of its own; can be given up. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Belongs to who started it; of one thread. */
typedef struct _TnChore TnChore;

/* In the thread. @data is the work's alone. Looks at @cancellable now and then; FALSE with
 * @error. */
typedef gboolean (*TnChoreWork) (gpointer data, GCancellable *cancellable, GError **error);
/* Where it was started, once it is done. @error NULL: all went well. The chore may be freed from
 * within. */
typedef void (*TnChoreDone) (TnChore *chore, const GError *error, gpointer user_data);

/* @data is freed by @free_data when the work is done, in the thread. */
TnChore *tn_chore_start (TnChoreWork work, gpointer data, GDestroyNotify free_data,
                         TnChoreDone done, gpointer user_data);
/* Gives it up if it still runs; its function is not called any more. Waits for nothing. */
void tn_chore_free (TnChore *chore);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnChore, tn_chore_free)

G_END_DECLS
