/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOverview: the whole model in a corner of the canvas, with what is seen of it marked. */
#pragma once

#include "app/tn-canvas.h"

G_BEGIN_DECLS

#define TN_TYPE_OVERVIEW (tn_overview_get_type ())
G_DECLARE_FINAL_TYPE (TnOverview, tn_overview, TN, OVERVIEW, GtkWidget)

GtkWidget *tn_overview_new (void);
/* Whose model is shown; borrowed: the overview goes with the same window. */
void tn_overview_set_canvas (TnOverview *self, TnCanvas *canvas);
/* Is it to be shown? It hides itself while all of the model is in view. */
void tn_overview_set_wanted (TnOverview *self, gboolean wanted);
/* For tests: where a point of the document is, in widget coordinates. */
void tn_overview_to_widget (TnOverview *self, double x, double y, double *widget_x,
                            double *widget_y);

G_END_DECLS
