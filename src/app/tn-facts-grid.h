/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small two-column tables of what is known: of a layer, of several, of the model. */
#pragma once

#include <gtk/gtk.h>

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* Each replaces what @grid shows. @facts NULL: nothing is known yet. */
void tn_facts_grid_show_node (GtkGrid *grid, const TnFacts *facts, TnNodeId node);
void tn_facts_grid_show_nodes (GtkGrid *grid, const TnFacts *facts, const GArray *nodes);
void tn_facts_grid_show_model (GtkGrid *grid, const TnFacts *facts);

G_END_DECLS
