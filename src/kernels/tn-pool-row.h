/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pooling of a row of windows, and means, compiled for several instruction sets. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TN_POOL_WINDOWS 64

/**
 * TnPoolRow:
 * @x: the first row under the windows
 * @row: floats from row to row
 * @rows: of each window, at least 1
 * @channels: of a pixel; pixels follow each other, in @out as well
 * @n: windows
 * @from, @to: columns of each; @from < @to
 * @divisor: of each window's sum; not read for the largest
 */
typedef struct
{
  const float *x;
  gint64 row;
  gint64 rows;
  gint64 channels;
  gint64 n;
  gint64 from[TN_POOL_WINDOWS], to[TN_POOL_WINDOWS];
  float divisor[TN_POOL_WINDOWS];
  float *out;
} TnPoolRow;

/**
 * TnPoolSet:
 * @largest: of each window; not a number where one is none
 * @mean: sums in the order of rows and columns
 * @mean_of_pixels: the mean of @n pixels, @stride floats apart, of @width channels; sums in double
 *     precision
 */
typedef struct
{
  void (*largest) (const TnPoolRow *row);
  void (*mean) (const TnPoolRow *row);
  void (*mean_of_pixels) (const float *x, gint64 n, gint64 stride, gint64 width, float *out);
} TnPoolSet;

/* For this processor. */
const TnPoolSet *tn_pool_set (void);

G_END_DECLS
