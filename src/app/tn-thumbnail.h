/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small drawing of a model, to choose it by. */
#pragma once

#include <gtk/gtk.h>

#include "graph/tn-graph.h"

G_BEGIN_DECLS

/* In the colours of the window, from left to right. NULL: the model is too large to be told by a
 * picture of this size. */
GtkWidget *tn_thumbnail_new (const TnGraph *graph);

G_END_DECLS
