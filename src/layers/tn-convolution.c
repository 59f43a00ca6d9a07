/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds of convolution share: checks, channels, kernels, lowering, the line in the box. */
#include "layers/tn-convolution.h"

#include <string.h>

const char *const tn_choices_padding_causal[] = { "valid", "same", "causal", NULL };

gboolean
tn_check_strides_or_dilation (const TnNode *node, guint strides, guint dilation, TnReport *report)
{
  gint64 each[2][3] = { { 1, 1, 1 }, { 1, 1, 1 } };
  TnIssue *issue;

  tn_node_ints (node, strides, each[0]);
  tn_node_ints (node, dilation, each[1]);
  if (MAX (MAX (each[0][0], each[0][1]), each[0][2]) == 1
      || MAX (MAX (each[1][0], each[1][1]), each[1][2]) == 1)
    return TRUE;
  issue = tn_report_add (report, TN_SEVERITY_ERROR, "param", tn_node_id (node),
                         _ ("%s has both strides and dilation_rate above 1, which Keras does "
                            "not allow; set one of them to 1."),
                         tn_node_name (node));
  if (issue != NULL)
    issue->param = "dilation_rate";
  return FALSE;
}

gboolean
tn_rule_channels (TnRule *rule, const TnShape *input, TnImageAxes axes, TnDim *channels)
{
  gboolean agrees = tn_rule_check_pin (rule, "kernel-width", 0, axes.channel, channels);
  g_autofree char *got = NULL;
  TnIssue *issue;

  /* What arrives knows where it comes from. */
  if (channels->size == input->dims[axes.channel].size)
    *channels = input->dims[axes.channel];
  if (!agrees || tn_dim_is_known (*channels))
    return TRUE;
  got = tn_shape_to_text (input);
  issue = tn_rule_issue (rule, TN_SEVERITY_ERROR, "unknown-dim", 0,
                         _ ("%s needs to know how many channels arrive, to make its kernel, "
                            "but axis %d of %s from %s is open."),
                         tn_node_name (tn_rule_node (rule)), axes.channel, got,
                         tn_rule_source (rule, 0));
  if (issue != NULL)
    issue->axis = axes.channel - input->rank;
  return FALSE;
}

TnShape
tn_rule_kernel (TnRule *rule, guint kernel_size, TnDim before, TnDim last)
{
  int n = tn_spatial_axes (tn_rule_node (rule), kernel_size);
  TnShape kernel = { .rank = n + 2 };

  for (int i = 0; i < n; i++)
    kernel.dims[i] = tn_rule_param (rule, kernel_size, (guint)i);
  kernel.dims[n] = before;
  kernel.dims[n + 1] = last;
  return kernel;
}

void
tn_rule_bias (TnRule *rule, guint use_bias, guint initializer, TnDim filters)
{
  if (tn_node_bool (tn_rule_node (rule), use_bias))
    tn_rule_weight (rule, "bias", &(TnShape){ .rank = 1, .dims = { filters } }, TRUE,
                    (int)initializer, 0);
}

void
tn_rule_kernel_macs (TnRule *rule, const TnShape *kernel, const TnShape *shape, TnImageAxes axes,
                     int n)
{
  tn_rule_macs (rule,
                tn_rule_multiply (rule, tn_rule_product (rule, kernel, 0, kernel->rank),
                                  tn_rule_product (rule, shape, axes.spatial, axes.spatial + n)));
}

/* (…, steps, channels) as (…, 1, steps, channels): a sequence is an image of height 1. */
static TnTensorId
stand_up (TnLower *lower, TnTensorId x, int at)
{
  TnShape shape = *tn_lower_shape (lower, x);

  for (int axis = shape.rank; axis > at; axis--)
    shape.dims[axis] = shape.dims[axis - 1];
  shape.dims[at] = tn_dim (1);
  shape.rank++;
  return tn_lower_reshape (lower, x, &shape);
}

TnTensorId
tn_lower_convolution (TnLower *lower, TnTensorId x, TnTensorId kernel, TnTensorId bias,
                      const TnOpSettings *settings)
{
  TnOpSettings plane = *settings;
  gboolean sequence = tn_lower_shape (lower, x)->rank == 3;
  TnTensorId out;

  if (tn_lower_shape (lower, x)->rank == 5)
    return tn_lower_call (lower, &tn_op_convolution_volume, &plane,
                          (TnTensorId[]){ x, kernel, bias }, 3);

  if (sequence)
    {
      plane.kernel[0] = plane.stride[0] = plane.dilation[0] = 1;
      plane.pad_before[0] = plane.pad_after[0] = 0;
      plane.kernel[1] = settings->kernel[0];
      plane.stride[1] = settings->stride[0];
      plane.dilation[1] = settings->dilation[0];
      plane.pad_before[1] = settings->pad_before[0];
      plane.pad_after[1] = settings->pad_after[0];
      x = stand_up (lower, x, 1);
      kernel = stand_up (lower, kernel, 0);
    }
  out = tn_lower_call (lower, &tn_op_convolution, &plane, (TnTensorId[]){ x, kernel, bias }, 3);
  if (sequence)
    {
      TnShape shape = *tn_lower_shape (lower, out);

      shape = (TnShape){ .rank = 3, .dims = { shape.dims[0], shape.dims[2], shape.dims[3] } };
      out = tn_lower_reshape (lower, out, &shape);
    }
  return out;
}

char *
tn_brief_convolution (const TnNode *node, const char *count, guint kernel_size, guint activation)
{
  const TnSchema *schema = tn_node_schema (node);
  guint strides_param = (guint)tn_schema_param (schema, "strides");
  gint64 kernel[3] = { 0 }, strides[3] = { 1, 1, 1 };
  guint n = (guint)tn_spatial_axes (node, kernel_size);
  g_autofree char *each = NULL;
  g_autoptr (GString) out = g_string_new (count);
  const char *padding = tn_node_string (node, (guint)tn_schema_param (schema, "padding"));

  tn_node_ints (node, kernel_size, kernel);
  tn_node_ints (node, strides_param, strides);
  if (out->len > 0)
    g_string_append (out, ", ");
  tn_brief_window (out, kernel, n);
  each = tn_brief_strides (strides, n);
  if (strcmp (each, "1") != 0)
    g_string_append_printf (out, "/%s", each);
  if (strcmp (padding, "valid") != 0)
    g_string_append_printf (out, " %s", padding);
  if (strcmp (tn_node_string (node, activation), "linear") != 0)
    g_string_append_printf (out, ", %s", tn_node_string (node, activation));
  return g_string_free (g_steal_pointer (&out), FALSE);
}
