/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnValuesView: the numbers of the selected layer: statistics, histogram, maps, a table. */
#pragma once

#include <gtk/gtk.h>

#include "engine/tn-reading.h"

G_BEGIN_DECLS

#define TN_TYPE_VALUES_VIEW (tn_values_view_get_type ())
G_DECLARE_FINAL_TYPE (TnValuesView, tn_values_view, TN, VALUES_VIEW, GtkWidget)

/* Shows the tensor @ref (an output of @ref.node, or from its list a weight of it) as a run with
 * @options has it, computed in the background. @ref.node TN_NODE_NONE: nothing is selected. What is
 * shown already is not computed again. */
void tn_values_view_show (TnValuesView *self, const TnFacts *facts, TnRef ref,
                          const TnRunOptions *options);
/* For tests: what is shown, borrowed; NULL while it is computed or cannot be. */
const TnValues *tn_values_view_values (TnValuesView *self);
/* What the table says; new string. */
char *tn_values_view_table (TnValuesView *self);

G_END_DECLS
