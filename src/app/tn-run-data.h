/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window in which data is chosen for each input of the model. */
#pragma once

#include <adwaita.h>

#include "exec/tn-run.h"

G_BEGIN_DECLS

/* @data_of: layer name → #TnDataSpec, a new table each time that something else is chosen; not to
 * be changed. */
typedef void (*TnRunDataFunc) (GHashTable *data_of, gpointer data);

/* @options: what holds for all inputs, and what was chosen before. @func is called with @owner,
 * which must live as long as the window; it is transient for @owner's. Borrowed. */
GtkWindow *tn_run_data_present (GtkWidget *owner, const TnFacts *facts, const TnRunOptions *options,
                                TnRunDataFunc func);
/* Does a kind of data suit samples of this shape? */
gboolean tn_run_data_suits (TnDataKind kind, const TnShape *sample);

G_END_DECLS
