/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a tensor to look at: a plane of it as a table, all planes as pictures, a histogram. */
#pragma once

#include <cairo.h>

#include "scene/tn-scene.h"
#include "tensor/tn-tensor.h"

G_BEGIN_DECLS

/* Pictures of planes that are laid beside one another at most. */
#define TN_NUMBERS_MOST_MAPS 256

/* Which part of a tensor is shown: a plane, or a plane for each place along @maps. */
typedef struct
{
  int rows;               /* axis that runs down; -1: one row */
  int columns;            /* axis that runs to the right; -1: a single number */
  int maps;               /* axis that there is a picture for each place of; -1: one picture */
  gint64 at[TN_MAX_RANK]; /* the place on the axes that are none of these, and on @maps for one */
} TnNumbersView;

/* What is usual for a shape: of an output (@samples: its first axis counts them) pictures of
 * feature maps, of a weight pictures of filters. */
TnNumbersView tn_numbers_view (const TnShape *shape, gboolean samples, gboolean channels_first);
/* Sizes of what is shown. */
gint64 tn_numbers_n_rows (const TnShape *shape, const TnNumbersView *view);
gint64 tn_numbers_n_columns (const TnShape *shape, const TnNumbersView *view);
gint64 tn_numbers_n_maps (const TnShape *shape, const TnNumbersView *view);
/* One number of the plane at @map. */
float tn_numbers_value (TnTensor *tensor, const TnNumbersView *view, gint64 map, gint64 row,
                        gint64 column);
/* The plane at view->at as lines of aligned numbers with their places at the edges, at most so many
 * of them, with "…" for the rest. New string. */
char *tn_numbers_table (TnTensor *tensor, const TnNumbersView *view, guint most_rows,
                        guint most_columns);

/* All planes side by side in @area, or with @one not negative that one alone; below it the scale
 * of colours from @min to @max. What is not finite is in the colour of errors, crossed. */
void tn_numbers_draw_maps (const TnStyle *style, cairo_t *cr, TnRect area, TnTensor *tensor,
                           const TnNumbersView *view, gint64 one, double min, double max);
/* The plane under a point of what that drew, with the row and column in it; FALSE: none. */
gboolean tn_numbers_pick (TnRect area, const TnShape *shape, const TnNumbersView *view, gint64 one,
                          double x, double y, gint64 *map, gint64 *row, gint64 *column);
/* Bars of @n_bins equal parts from @min to @max, with the scale below. */
void tn_numbers_draw_histogram (const TnStyle *style, cairo_t *cr, TnRect area, const guint64 *bins,
                                guint n_bins, double min, double max);
/* The colour of a number on that scale. */
TnColor tn_numbers_color (const TnStyle *style, double value, double min, double max);

G_END_DECLS
