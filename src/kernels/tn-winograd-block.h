/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Winograd's transforms, compiled for several instruction sets. */
#pragma once

#include "kernels/tn-cpu.h"

G_BEGIN_DECLS

/**
 * TnWinogradPatch:
 * @pixels, @row, @pixel: the tile's first row and column, in the tensor or outside of it; floats
 *     from row to row and from pixel to pixel. Of what is outside nothing is touched.
 * @from, @to: rows and columns that are inside: @from[0] … @to[0] - 1
 * @points: the transformed numbers of the tile, @step floats from one to the next
 * @channels: a multiple of the vector
 */
typedef struct
{
  guintptr pixels;
  gint64 row, pixel;
  gint64 from[2], to[2];
  float *points;
  gint64 step;
  gint64 channels;
} TnWinogradPatch;

/**
 * TnWinogradSet:
 * @input: what to multiply by the weights, of a patch of pixels; by the square's side / 2
 * @output: pixels, of the products; @bias may be NULL. @channels may be any number, and in
 *     @points there is room for whole vectors.
 * @weights: one row of @f filters of each of 9 taps, @tap floats apart, to points @step floats
 * apart
 */
typedef struct
{
  void (*input[3]) (const TnWinogradPatch *patch);
  void (*output[3]) (const TnWinogradPatch *patch, const float *bias, float low, float high);
  void (*weights[3]) (const float *taps, gint64 tap, gint64 f, float *points, gint64 step);
} TnWinogradSet;

/* NULL where there are none for this kind of processor. */
const TnWinogradSet *tn_winograd_set (TnIsa isa);

G_END_DECLS
