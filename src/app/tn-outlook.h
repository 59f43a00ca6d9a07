/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOutlook: the model that letting go of something would make, and how that is told meanwhile. */
#pragma once

#include "app/tn-canvas-private.h"
#include "engine/tn-forecast.h"

G_BEGIN_DECLS

/* Zeroed at first. Belongs to a gesture. */
typedef struct
{
  TnCanvas *canvas; /* borrowed */

  /* owned */
  TnGraph *graph;       /* NULL: there is none */
  TnFacts *facts;       /* about it, NULL until they are known */
  TnForecast *forecast; /* finds them */

  void (*known) (gpointer data); /* when they were found in the background */
  gpointer data;
} TnOutlook;

/* Takes @graph over (NULL: there is none), and finds out about it, at once or in the background. */
void tn_outlook_set (TnOutlook *self, TnCanvas *canvas, TnGraph *graph,
                     void (*known) (gpointer data), gpointer data);
/* The same model, with other places: what is known stays. Takes @graph over. */
void tn_outlook_move (TnOutlook *self, TnGraph *graph);
void tn_outlook_clear (TnOutlook *self);
/* Appends lines on what would be worse than it is: the worst of it, at @ends first, which are what
 * is joined, and how many further layers. The colour for how bad that is. */
TnColor tn_outlook_tell (const TnOutlook *self, const TnNodeId *ends, guint n_ends, GString *text);
/* Ghosts of what would be different. @held: as for tn_scene_draw_preview(). */
void tn_outlook_draw (const TnOutlook *self, cairo_t *cr, gboolean held);

/* Appends a line, if there is something to it. */
void tn_outlook_append_line (GString *text, const char *line);

G_END_DECLS
