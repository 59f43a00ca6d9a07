/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How layers run that bring images to another size: transposed convolutions, resizing, cropping. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-convolution.h"
#include "layers/tn-lowerings.h"

/* ---- transposed convolution ---- */

/* Output size and what is cut off in front, along one axis. */
static void
transposed_axis (gint64 in, gint64 reach, gint64 stride, gboolean same, const gint64 *padding,
                 gint64 *out, gint64 *before)
{
  /* Keras's sums: so many zeros stand around the spread input before it is convolved; what is less
   * than reach − 1 of them in front cuts off the front of the output. */
  gint64 around, left;

  if (!same)
    {
      *out = padding == NULL ? in * stride + MAX (reach - stride, 0)
                             : (in - 1) * stride + reach + *padding;
      *before = 0;
      return;
    }
  *out = padding == NULL ? in * stride : (in - 1) * stride + reach % 2 + *padding;
  around = padding == NULL ? stride + reach - 2 : reach + reach % 2 - 2 + *padding;
  left = stride > reach - 1 ? reach - 1 : around / 2 + around % 2;
  *before = reach - 1 - left;
}

void
tn_convolution_transpose_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  guint kernel_size = tn_lowering_param (node, "kernel_size");
  guint output_padding = tn_lowering_param (node, "output_padding");
  int n = tn_spatial_axes (node, kernel_size);
  TnImageAxes axes = tn_image_axes (node, tn_lowering_param (node, "data_format"), n + 2);
  TnTensorId x = tn_lower_channels_last (lower, tn_lower_input (lower, 0), axes);
  TnTensorId kernel = tn_lower_weight (lower, "kernel");
  TnShape shape = *tn_lower_shape (lower, x);
  gboolean same = g_str_equal (tn_node_string (node, tn_lowering_param (node, "padding")), "same");
  gint64 size[3], stride[3], dilation[3], padding[3] = { 0 };
  TnOpSettings settings = { .kernel = { 1, 1, 1 } };

  tn_node_ints (node, kernel_size, size);
  tn_node_ints (node, tn_lowering_param (node, "strides"), stride);
  tn_node_ints (node, tn_lowering_param (node, "dilation_rate"), dilation);
  if (!tn_node_is_none (node, output_padding))
    tn_node_ints (node, output_padding, padding);
  for (int i = 0; i < n; i++)
    {
      int axis = 3 - n + i;

      transposed_axis (shape.dims[1 + i].size, (size[i] - 1) * dilation[i] + 1, stride[i], same,
                       tn_node_is_none (node, output_padding) ? NULL : &padding[i],
                       &settings.kernel[axis], &settings.pad_before[axis]);
      settings.stride[axis] = stride[i];
      settings.dilation[axis] = dilation[i];
    }
  for (int i = n; i < 3; i++)
    {
      x = tn_lower_expand (lower, x, 1);
      kernel = tn_lower_expand (lower, kernel, 0);
    }
  x = tn_lower_call (lower, &tn_op_convolution_transpose, &settings,
                     (TnTensorId[]){ x, kernel, tn_lower_weight (lower, "bias") }, 3);
  for (int i = n; i < 3; i++)
    x = tn_lower_squeeze (lower, x, 1);
  x = tn_lower_channels_back (lower, x, axes);
  tn_lower_output (lower,
                   tn_lower_activation_of (lower, x, tn_lowering_param (node, "activation")));
}

/* ---- sizes of images ---- */

TnTensorId
tn_lower_resample (TnLower *lower, TnTensorId input, int axis, gint64 size,
                   const char *interpolation, gboolean antialias)
{
  static const char *const names[TN_N_INTERPOLATIONS] = {
    [TN_INTERPOLATION_NEAREST] = "nearest",   [TN_INTERPOLATION_BILINEAR] = "bilinear",
    [TN_INTERPOLATION_BICUBIC] = "bicubic",   [TN_INTERPOLATION_LANCZOS3] = "lanczos3",
    [TN_INTERPOLATION_LANCZOS5] = "lanczos5",
  };
  TnOpSettings settings = { .axis = axis, .kernel = { size }, .antialias = antialias };

  if (tn_lower_shape (lower, input)->dims[axis].size == size)
    return input;
  for (int i = 0; i < TN_N_INTERPOLATIONS; i++)
    if (g_str_equal (names[i], interpolation))
      settings.interpolation = (TnInterpolation)i;
  return tn_lower_call (lower, &tn_op_resample, &settings, &input, 1);
}

/* An image layer's call: height and width of what arrives and of what is wanted. */
typedef struct
{
  TnTensorId x;
  int axis; /* of the height; the width is next to it */
  gint64 height, width;
  gint64 target_height, target_width;
} Picture;

static Picture
picture (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  Picture p = { .x = tn_lower_input (lower, 0),
                .target_height = tn_lowering_int (node, "height"),
                .target_width = tn_lowering_int (node, "width") };
  const TnShape *shape = tn_lower_shape (lower, p.x);
  TnImageAxes axes = tn_image_axes (node, tn_lowering_param (node, "data_format"), 4);

  p.axis = axes.channels_first ? shape->rank - 2 : shape->rank - 3;
  p.height = shape->dims[p.axis].size;
  p.width = shape->dims[p.axis + 1].size;
  return p;
}

/* @a · @b / @c as Keras works it out, in floating point, rounded towards zero. */
static gint64
proportion (gint64 a, gint64 b, gint64 c)
{
  return (gint64)((double)(a * b) / (double)c);
}

static void
cut_out (TnLower *lower, Picture *p, gint64 height, gint64 width)
{
  p->x = tn_lower_cut (lower, p->x, p->axis, (p->height - height) / 2, height);
  p->x = tn_lower_cut (lower, p->x, p->axis + 1, (p->width - width) / 2, width);
  p->height = height;
  p->width = width;
}

/* The largest part in the middle that has the proportions of the target. */
static void
crop_to_aspect (TnLower *lower, Picture *p)
{
  gint64 height = MIN (p->height, proportion (p->width, p->target_height, p->target_width));
  gint64 width = MIN (p->width, proportion (p->height, p->target_width, p->target_height));

  cut_out (lower, p, MAX (height, MIN (p->height, 1)), MAX (width, MIN (p->width, 1)));
}

/* A border on two sides gives the image the proportions of the target. */
static void
pad_to_aspect (TnLower *lower, Picture *p, double value)
{
  gint64 height = MAX (p->height, proportion (p->width, p->target_height, p->target_width));
  gint64 width = MAX (p->width, proportion (p->height, p->target_width, p->target_height));
  gint64 above = (height - p->height) / 2, beside = (width - p->width) / 2;
  gint64 border = above > 0 ? above : beside;
  TnOpSettings settings = { .axis = above > 0 ? p->axis : p->axis + 1,
                            .pad_before = { border },
                            .pad_after = { border },
                            .params = { (float)value } };

  if (border > 0)
    p->x = tn_lower_call (lower, &tn_op_pad, &settings, &p->x, 1);
}

static void
put_out_resized (TnLower *lower, Picture *p, const char *interpolation, gboolean antialias)
{
  if ((p->height == 0 && p->target_height > 0) || (p->width == 0 && p->target_width > 0))
    {
      tn_lower_refuse (lower, _ ("the images that arrive have no pixels"));
      return;
    }
  p->x = tn_lower_resample (lower, p->x, p->axis, p->target_height, interpolation, antialias);
  p->x = tn_lower_resample (lower, p->x, p->axis + 1, p->target_width, interpolation, antialias);
  tn_lower_output (lower, p->x);
}

void
tn_resizing_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  Picture p = picture (lower);

  if (tn_lowering_flag (node, "pad_to_aspect_ratio"))
    pad_to_aspect (lower, &p, tn_node_float (node, tn_lowering_param (node, "fill_value")));
  else if (tn_lowering_flag (node, "crop_to_aspect_ratio"))
    crop_to_aspect (lower, &p);
  put_out_resized (lower, &p, tn_node_string (node, tn_lowering_param (node, "interpolation")),
                   tn_lowering_flag (node, "antialias"));
}

/* What is too small for the crop is made larger instead. */
void
tn_center_crop_lower (TnLower *lower)
{
  Picture p = picture (lower);

  if (p.height >= p.target_height && p.width >= p.target_width)
    {
      cut_out (lower, &p, p.target_height, p.target_width);
      tn_lower_output (lower, p.x);
      return;
    }
  crop_to_aspect (lower, &p);
  put_out_resized (lower, &p, "bilinear", FALSE);
}

/* Nothing is random once a model is used: the largest window of the right proportions. */
void
tn_random_crop_lower (TnLower *lower)
{
  Picture p = picture (lower);

  crop_to_aspect (lower, &p);
  put_out_resized (lower, &p, "bilinear", FALSE);
}
