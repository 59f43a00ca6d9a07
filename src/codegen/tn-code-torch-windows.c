/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Convolutions, poolings and what else works on the axes between batch and channels, in PyTorch. */
#include <string.h>

#include "base/tn-text.h"
#include "codegen/tn-code-torch.h"

#define MAX_SPATIAL 3

/* "3", "(3, 5)". */
static char *
tuple (const gint64 *values, int n)
{
  GString *text = g_string_new (n > 1 ? "(" : NULL);

  for (int i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", values[i]);
  if (n > 1)
    g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

/* A setting along the spatial axes: a list, or, where there is but one axis, a number. */
static gboolean
read_sizes (const TnTorchCall *call, const char *name, gint64 sizes[MAX_SPATIAL])
{
  guint index = (guint)tn_torch_param (call, name);

  if (tn_node_schema (call->node)->params[index].kind != TN_PARAM_INT)
    return tn_node_ints (call->node, index, sizes);
  sizes[0] = tn_node_int (call->node, index);
  return TRUE;
}

static gboolean
all_are (const gint64 *values, int n, gint64 value)
{
  for (int i = 0; i < n; i++)
    if (values[i] != value)
      return FALSE;
  return TRUE;
}

/* ---- windows ---- */

/* Padding of one axis in front and behind, as Keras has it; FALSE when the size is open. */
static gboolean
same_padding (TnDim size, gint64 kernel, gint64 stride, gint64 dilation, gint64 pads[2])
{
  gint64 reach = (kernel - 1) * dilation + 1, total;

  if (stride == 1)
    total = reach - 1;
  else if (!tn_dim_is_known (size))
    return FALSE;
  else
    total = MAX (((size.size + stride - 1) / stride - 1) * stride + reach - size.size, 0);
  pads[0] = total / 2;
  pads[1] = total - total / 2;
  return TRUE;
}

typedef struct
{
  int n; /* spatial axes */
  gboolean moved;
  gint64 channels;
  gint64 kernel[MAX_SPATIAL], strides[MAX_SPATIAL], dilation[MAX_SPATIAL];
  gint64 pads[MAX_SPATIAL][2];
  gboolean padded, symmetric;
} Window;

static gboolean
read_window (const TnTorchCall *call, const char *size, Window *window)
{
  TnShape shape = tn_torch_shape (call, 0);
  const char *padding = tn_torch_string (call, "padding");
  gboolean first = tn_torch_is_channels_first (call);
  int strides = tn_torch_param (call, "strides"), dilation = tn_torch_param (call, "dilation_rate");

  *window = (Window){ .n = shape.rank - 2, .moved = !first, .symmetric = TRUE };
  if (window->n < 1 || window->n > MAX_SPATIAL)
    return FALSE;
  window->channels = shape.dims[first ? 1 : shape.rank - 1].size;
  if (!read_sizes (call, size, window->kernel))
    return FALSE;
  if (strides < 0 || tn_node_is_none (call->node, (guint)strides)
      || !read_sizes (call, "strides", window->strides))
    memcpy (window->strides, window->kernel, sizeof window->kernel);
  for (int i = 0; i < MAX_SPATIAL; i++)
    window->dilation[i] = 1;
  if (dilation >= 0)
    read_sizes (call, "dilation_rate", window->dilation);
  for (int i = 0; i < window->n; i++)
    {
      if (strcmp (padding, "same") == 0)
        {
          if (!same_padding (shape.dims[i + (first ? 2 : 1)], window->kernel[i], window->strides[i],
                             window->dilation[i], window->pads[i]))
            return FALSE;
        }
      else if (strcmp (padding, "causal") == 0)
        window->pads[i][0] = (window->kernel[i] - 1) * window->dilation[i];
      window->padded |= window->pads[i][0] > 0 || window->pads[i][1] > 0;
      window->symmetric &= window->pads[i][0] == window->pads[i][1];
    }
  /* A shared layer may get images of several sizes, and its module cannot hold the pads of all. */
  if (tn_node_n_calls (call->node) > 1)
    window->symmetric = FALSE;
  return TRUE;
}

/* F.pad() names the last axis first. */
static char *
pad (const char *x, const Window *window, const char *value)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "F.pad(%s, (", x);
  for (int i = window->n - 1; i >= 0; i--)
    g_string_append_printf (text, "%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "%s",
                            window->pads[i][0], window->pads[i][1], i > 0 ? ", " : "");
  g_string_append_printf (text, ")%s)", value);
  return g_string_free (text, FALSE);
}

static void
append_setting (GString *text, const char *name, const gint64 *values, int n, gint64 otherwise)
{
  g_autofree char *spelled = NULL;

  if (all_are (values, n, otherwise))
    return;
  spelled = tuple (values, n);
  g_string_append_printf (text, ", %s=%s", name, spelled);
}

/* The input, padded where the module cannot do it; what the module can do is added to @settings. */
static char *
window_input (TnTorchCall *call, const Window *window, GString *settings, const char *value)
{
  g_autofree char *x = tn_torch_input (call, 0, window->moved);
  gint64 pads[MAX_SPATIAL];

  call->moved = window->moved;
  if (!window->padded)
    return g_steal_pointer (&x);
  if (!window->symmetric)
    return pad (x, window, value);
  for (int i = 0; i < window->n; i++)
    pads[i] = window->pads[i][0];
  append_setting (settings, "padding", pads, window->n, 0);
  return g_steal_pointer (&x);
}

gboolean
tn_torch_write_convolution (TnTorchCall *call)
{
  const char *type = tn_node_type (call->node);
  gboolean depthwise = g_str_has_prefix (type, "Depthwise");
  gboolean separable = g_str_has_prefix (type, "Separable");
  gint64 multiplier = tn_torch_int (call, "depth_multiplier", 1);
  g_autoptr (GString) settings = g_string_new (NULL);
  g_autofree char *x = NULL, *kernel = NULL;
  const char *bias = tn_torch_bool (call, "use_bias") ? "" : ", bias=False";
  gint64 groups, filters;
  Window window;

  if (!read_window (call, "kernel_size", &window))
    return FALSE;
  groups = depthwise || separable ? window.channels : tn_torch_int (call, "groups", 1);
  filters
      = depthwise || separable ? window.channels * multiplier : tn_torch_int (call, "filters", 0);
  kernel = tuple (window.kernel, window.n);
  append_setting (settings, "stride", window.strides, window.n, 1);
  x = window_input (call, &window, settings, "");
  append_setting (settings, "dilation", window.dilation, window.n, 1);
  append_setting (settings, "groups", &groups, 1, 1);
  call->module = g_strdup_printf (
      "nn.Conv%dd(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", kernel_size=%s%s%s)", window.n,
      window.channels, filters, kernel, settings->str, separable ? ", bias=False" : bias);
  if (separable)
    {
      g_autofree char *depth = g_steal_pointer (&call->module);

      call->module
          = g_strdup_printf ("nn.Sequential(%s, nn.Conv%dd(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                             ", kernel_size=1%s))",
                             depth, window.n, filters, tn_torch_int (call, "filters", 0), bias);
    }
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return tn_torch_activate (call);
}

gboolean
tn_torch_write_pooling (TnTorchCall *call)
{
  gboolean is_max = g_str_has_prefix (tn_node_type (call->node), "Max");
  g_autoptr (GString) settings = g_string_new (NULL);
  g_autofree char *x = NULL, *kernel = NULL;
  Window window;

  if (!read_window (call, "pool_size", &window))
    return FALSE;
  /* What was padded does not count in Keras's average; PyTorch can leave out only what it padded
   * itself, the same on either side. */
  if (!is_max && window.padded && !window.symmetric)
    return FALSE;
  for (int i = 0; i < window.n; i++)
    if (window.pads[i][0] > window.kernel[i] / 2)
      return FALSE;
  kernel = tuple (window.kernel, window.n);
  if (memcmp (window.strides, window.kernel, sizeof window.strides) != 0)
    {
      g_autofree char *strides = tuple (window.strides, window.n);

      g_string_append_printf (settings, ", stride=%s", strides);
    }
  x = window_input (call, &window, settings, ", value=float(\"-inf\")");
  if (!is_max && window.padded)
    g_string_append (settings, ", count_include_pad=False");
  call->module = g_strdup_printf ("nn.%sPool%dd(kernel_size=%s%s)", is_max ? "Max" : "Avg",
                                  window.n, kernel, settings->str);
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return TRUE;
}

gboolean
tn_torch_write_global_pooling (TnTorchCall *call)
{
  gboolean is_max = g_str_has_prefix (tn_node_type (call->node), "GlobalMax");
  gboolean keep = tn_torch_bool (call, "keepdims");
  TnShape shape = tn_torch_shape (call, 0);
  const char *x = tn_torch_as_it_is (call);
  gint64 axes[MAX_SPATIAL];
  int n = shape.rank - 2, from = call->moved || tn_torch_is_channels_first (call) ? 2 : 1;
  g_autofree char *list = NULL;

  if (n < 1 || n > MAX_SPATIAL || (call->moved && tn_torch_is_channels_first (call)))
    return FALSE;
  for (int i = 0; i < n; i++)
    axes[i] = from + i;
  list = tuple (axes, n);
  call->result = g_strdup_printf ("%s.%s(dim=%s%s)", x, is_max ? "amax" : "mean", list,
                                  keep ? ", keepdim=True" : "");
  call->moved = call->moved && keep;
  return TRUE;
}

gboolean
tn_torch_write_adaptive_pooling (TnTorchCall *call)
{
  gboolean is_max = g_str_has_prefix (tn_node_type (call->node), "AdaptiveMax");
  gint64 size[MAX_SPATIAL];
  int n = tn_torch_shape (call, 0).rank - 2;
  g_autofree char *x = NULL, *spelled = NULL;

  if (n < 1 || n > MAX_SPATIAL || !read_sizes (call, "output_size", size))
    return FALSE;
  call->moved = !tn_torch_is_channels_first (call);
  x = tn_torch_input (call, 0, call->moved);
  spelled = tuple (size, n);
  call->module = g_strdup_printf ("nn.Adaptive%sPool%dd(%s)", is_max ? "Max" : "Avg", n, spelled);
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return TRUE;
}

gboolean
tn_torch_write_zero_padding (TnTorchCall *call)
{
  Window window
      = { .n = tn_torch_shape (call, 0).rank - 2, .moved = !tn_torch_is_channels_first (call) };
  gint64 pairs[MAX_SPATIAL * 2];
  g_autofree char *x = NULL;

  if (window.n < 1 || window.n > MAX_SPATIAL
      || !tn_node_pairs (call->node, (guint)tn_torch_param (call, "padding"), pairs))
    return FALSE;
  memcpy (window.pads, pairs, (gsize)window.n * 2 * sizeof (gint64));
  call->moved = window.moved;
  x = tn_torch_input (call, 0, window.moved);
  call->result = pad (x, &window, "");
  return TRUE;
}

gboolean
tn_torch_write_cropping (TnTorchCall *call)
{
  int n = tn_torch_shape (call, 0).rank - 2;
  gint64 pairs[MAX_SPATIAL * 2];
  const char *x = tn_torch_as_it_is (call);
  GString *text;

  if (n < 1 || n > MAX_SPATIAL || (call->moved && tn_torch_is_channels_first (call))
      || !tn_node_pairs (call->node, (guint)tn_torch_param (call, "cropping"), pairs))
    return FALSE;
  text = g_string_new (x);
  g_string_append (text, call->moved || tn_torch_is_channels_first (call) ? "[:, :" : "[:");
  for (int i = 0; i < n; i++)
    {
      g_string_append_printf (text, ", %" G_GINT64_FORMAT ":", pairs[2 * i]);
      if (pairs[2 * i + 1] > 0)
        g_string_append_printf (text, "-%" G_GINT64_FORMAT, pairs[2 * i + 1]);
    }
  g_string_append_c (text, ']');
  call->result = g_string_free (text, FALSE);
  return TRUE;
}

gboolean
tn_torch_write_up_sampling (TnTorchCall *call)
{
  int n = tn_torch_shape (call, 0).rank - 2;
  const char *interpolation = tn_torch_string (call, "interpolation");
  gint64 size[MAX_SPATIAL];
  g_autofree char *x = NULL, *spelled = NULL;

  /* Beyond these two the programs do not agree on the numbers. */
  if (n < 1 || n > MAX_SPATIAL || !read_sizes (call, "size", size)
      || (*interpolation != '\0' && strcmp (interpolation, "nearest") != 0
          && strcmp (interpolation, "bilinear") != 0))
    return FALSE;
  call->moved = !tn_torch_is_channels_first (call);
  x = tn_torch_input (call, 0, call->moved);
  spelled = tuple (size, n);
  call->module = g_strdup_printf ("nn.Upsample(scale_factor=%s, mode=\"%s\")", spelled,
                                  *interpolation != '\0' ? interpolation : "nearest");
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return TRUE;
}

gboolean
tn_torch_write_spatial_dropout (TnTorchCall *call)
{
  g_autofree char *rate = tn_text_double (tn_torch_float (call, "rate"));
  g_autofree char *x = NULL;
  int n = tn_torch_shape (call, 0).rank - 2;

  call->moved = !tn_torch_is_channels_first (call);
  x = tn_torch_input (call, 0, call->moved);
  call->module = g_strdup_printf ("nn.Dropout%dd(%s)", n, rate);
  call->result = g_strdup_printf ("%s(%s)", call->member, x);
  return TRUE;
}
