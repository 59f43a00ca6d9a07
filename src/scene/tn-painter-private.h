/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What painter and overlay share while they draw. */
#pragma once

#include "scene/tn-scene-private.h"

G_BEGIN_DECLS

/* How much is drawn: less and larger, the farther off. */
typedef enum
{
  TN_DETAIL_BOXES,  /* in the colours of their families */
  TN_DETAIL_NAMES,  /* names and shapes in the boxes, large */
  TN_DETAIL_TITLES, /* all but the parameters */
  TN_DETAIL_FULL,
} TnDetail;

/* @scale: device pixels per document unit; 0: all. */
TnDetail tn_detail_at (double scale);

typedef struct
{
  cairo_t *cr;
  const TnStyle *style;
  const TnScene *scene; /* NULL in the overlay */
  TnTextCache *texts;
  double scale; /* 0: everything */
  gboolean stale;
  gboolean coarse;
  TnDetail detail;
} TnPaint;

/* Draws one line of text; @align 0: at the left end of @width, 1: at its right end. Returns how
 * wide it is. */
double tn_paint_text (const TnPaint *paint, TnTextKind kind, const char *text, double x,
                      double baseline, double width, double align, TnColor color, double alpha);

/* A text that was drawn: where its line begins, in the surface's own coordinates. */
typedef struct
{
  char *text; /* owned */
  cairo_matrix_t matrix;
  double size, width;
} TnTextNote;

/* From now on every text drawn on @cr is noted in @notes (of #TnTextNote). */
void tn_paint_note_texts (cairo_t *cr, GArray *notes);

/* ---- tn-heat.c ---- */

/* The fill of a box of that heat. */
TnColor tn_heat_color (const TnStyle *style, double heat);
/* The bar along the lower edge of what a box says, as long as its heat. */
void tn_paint_heat_bar (const TnPaint *paint, const TnSceneNode *node);

/* ---- tn-painter-groups.c ---- */

void tn_paint_frame (const TnPaint *paint, const TnSceneFrame *frame);
/* The edges that look out from under the box of a closed group. */
void tn_paint_pile (const TnPaint *paint, const TnSceneNode *node);
/* Its glyph, and the sign that opens it. */
void tn_paint_group_signs (const TnPaint *paint, const TnSceneNode *node, TnColor color);

/* ---- tn-painter-remarks.c ---- */

/* Below all else. */
void tn_paint_frame_remark (const TnPaint *paint, const TnSceneNode *node);
/* A comment or a knot. */
void tn_paint_remark (const TnPaint *paint, const TnSceneNode *node);

/* ---- tn-painter-roles.c ---- */

/* What is seen through the box of a layer that does not count: the line that passes a bypassed one,
 * the stroke through a disabled one. */
void tn_paint_role (const TnPaint *paint, const TnSceneNode *node);

G_END_DECLS
