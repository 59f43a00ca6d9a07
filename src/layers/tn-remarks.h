/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on the canvas beside layers: comments, frames around layers, knots of wires. */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

/* Parameters of comments and frames; a comment has no height of its own. */
enum
{
  TN_REMARK_TEXT,
  TN_REMARK_COLOR,
  TN_REMARK_WIDTH,
  TN_REMARK_HEIGHT,
  TN_REMARK_N_PARAMS,
};

/* Of a side, in document units. */
#define TN_REMARK_LEAST 40
#define TN_REMARK_MOST  100000

const TnLayer *tn_layer_comment (void);
const TnLayer *tn_layer_frame (void);
const TnLayer *tn_layer_knot (void);
/* By class name, as files have it; NULL when there is none. No other list of layers has them. */
const TnLayer *tn_layer_find_remark (const char *type);

/* The area of a frame, its upper left corner first. FALSE when @node is none. */
gboolean tn_remark_frame (const TnNode *node, double *x, double *y, double *width, double *height);

guint tn_remark_n_colors (void);
/* "yellow". */
const char *tn_remark_color_name (guint color);
guint tn_remark_color (const TnNode *node);

G_END_DECLS
