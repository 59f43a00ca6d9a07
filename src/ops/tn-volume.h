/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows that slide over volumes (planes and rows are flat ones): what the ops share that gather
 * patches of them. */
#pragma once

#include "ops/tn-op.h"

G_BEGIN_DECLS

/**
 * TnVolume:
 * @size: depth, height and width of what the window slides over
 * @channels: of each of its points
 * @kernel: of the window
 * @out: how many places the window takes along each axis
 */
typedef struct
{
  gint64 size[3];
  gint64 channels;
  gint64 kernel[3];
  gint64 stride[3];
  gint64 dilation[3];
  gint64 pad_before[3];
  gint64 out[3];
} TnVolume;

/* Points of the output. */
static inline gint64
tn_volume_points (const TnVolume *volume)
{
  return volume->out[0] * volume->out[1] * volume->out[2];
}

/* Points of the kernel. */
static inline gint64
tn_volume_taps (const TnVolume *volume)
{
  return volume->kernel[0] * volume->kernel[1] * volume->kernel[2];
}

/* The patches of points @first … @first + @rows - 1 of one sample @x, one a row of taps·@width
 * numbers: of each point under the window the @width channels from @channel on. */
void tn_volume_gather (const TnVolume *volume, const float *x, gint64 channel, gint64 width,
                       gint64 first, gint64 rows, float *patches);

G_END_DECLS
