/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's own sentences, made again from shapes and parameters, slips of grammar included. */
#include <string.h>

#include "infer/tn-keras-words-private.h"

int
tn_words_param (const TnWords *words, const char *name)
{
  return tn_schema_param (words->schema, name);
}

/* ---- kinds of layers, by their class names ---- */

/* 2 for "Conv2D", "Conv2DTranspose" and "MaxPooling2D"; 0 for none. */
int
tn_words_spatial_axes (const char *type)
{
  for (; *type != '\0'; type++)
    if (*type >= '1' && *type <= '3' && type[1] == 'D')
      return *type - '0';
  return 0;
}

gboolean
tn_words_is_convolution (const char *type)
{
  return strstr (type, "Conv") != NULL && strstr (type, "LSTM") == NULL;
}

gboolean
tn_words_is_pooling (const char *type)
{
  return g_str_has_prefix (type, "MaxPooling") || g_str_has_prefix (type, "AveragePooling");
}

/* Those that say in Keras how many axes they take, exactly. */
static gboolean
has_fixed_rank (const char *type)
{
  static const char *const starts[] = { "MaxPooling",
                                        "AveragePooling",
                                        "GlobalMaxPooling",
                                        "GlobalAveragePooling",
                                        "SpatialDropout",
                                        "Cropping",
                                        "ZeroPadding",
                                        "UpSampling",
                                        "RepeatVector",
                                        "Permute",
                                        "SimpleRNN",
                                        "LSTM",
                                        "GRU",
                                        "ConvLSTM" };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (type, starts[i]))
      return TRUE;
  return FALSE;
}

/* ---- Python's spelling ---- */

/* "(2, 2)", "(3,)": whatever the parameter was left at, one number for each of @n axes. */
gboolean
tn_words_ints (const TnWords *words, const char *name, gint64 *out)
{
  int param = tn_words_param (words, name);

  return param >= 0 && words->schema->params[param].kind == TN_PARAM_INTS
         && tn_node_ints (words->node, (guint)param, out);
}

char *
tn_words_tuple (const gint64 *sizes, int n)
{
  TnShape shape = tn_shape_new (sizes, n);

  return tn_shape_to_text (&shape);
}

/* As numpy prints an array: "[None 2 2 3]", and "[ 2 10]": numbers alone are padded to one width.
 */
static char *
array_text (const gint64 *sizes, int n)
{
  g_autoptr (GString) out = g_string_new ("[");
  int width = 0;

  for (int i = 0; i < n; i++)
    {
      g_autofree char *one = g_strdup_printf ("%" G_GINT64_FORMAT, sizes[i]);

      width = MAX (width, (int)strlen (one));
    }
  for (int i = 0; i < n; i++)
    if (sizes[i] < 0)
      width = 0;
  for (int i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      if (sizes[i] < 0)
        g_string_append (out, "None");
      else
        g_string_append_printf (out, "%*" G_GINT64_FORMAT, width, sizes[i]);
    }
  g_string_append_c (out, ']');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Without the batch. */
static char *
sample_text (const TnShape *shape)
{
  TnShape sample = { .rank = MAX (shape->rank - 1, 0) };

  for (int axis = 0; axis < sample.rank; axis++)
    sample.dims[axis] = shape->dims[axis + 1];
  return tn_shape_to_text (&sample);
}

/* "[(None, 4), (None, 5)]": all that arrives. */
static char *
inputs_text (const TnWords *words)
{
  guint index = (guint)tn_graph_index (tn_facts_graph (words->facts), tn_node_id (words->node));
  g_autoptr (GString) out = g_string_new ("[");

  for (guint slot = 0; slot < tn_node_n_inputs (words->node, words->call); slot++)
    {
      TnShape shape = tn_facts_input (words->facts, index, words->call, slot);
      g_autofree char *text = tn_shape_to_text (&shape);

      g_string_append_printf (out, "%s%s", slot > 0 ? ", " : "", text);
    }
  g_string_append_c (out, ']');
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static TnShape
input_shape (const TnWords *words, guint slot)
{
  guint index = (guint)tn_graph_index (tn_facts_graph (words->facts), tn_node_id (words->node));

  return tn_facts_input (words->facts, index, words->call, slot);
}

/* ---- what arrives has the wrong rank or width ---- */

static char *incompatible (const TnWords *words, const char *format, ...) G_GNUC_PRINTF (2, 3);

static char *
incompatible (const TnWords *words, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  return g_strdup_printf ("Input %d with name 'None' of layer '%s' is incompatible with the layer: "
                          "%s",
                          MAX (words->issue->slot, 0), tn_node_name (words->node), what);
}

static gboolean
is_channels_first (const TnWords *words)
{
  int param = tn_words_param (words, "data_format");

  return param >= 0 && strcmp (tn_node_string (words->node, (guint)param), "channels_first") == 0;
}

/* Shape of a convolution's kernel as Keras tells it: for all channels that arrive, whatever the
 * groups. FALSE when there is none. */
static gboolean
kernel_shape (const TnWords *words, TnShape *out)
{
  int n = tn_words_spatial_axes (words->type);
  int filters = tn_words_param (words, "filters");
  int multiplier = tn_words_param (words, "depth_multiplier");
  gint64 kernel[3], channels;
  int axis = is_channels_first (words) ? 1 : words->input.rank - 1;

  if (n == 0 || axis < 0 || axis >= words->input.rank
      || !tn_words_ints (words, "kernel_size", kernel))
    return FALSE;
  channels = words->input.dims[axis].size;
  if (channels < 0)
    return FALSE;
  for (int i = 0; i < n; i++)
    out->dims[i] = tn_dim (kernel[i]);
  out->rank = n + 2;
  out->dims[n] = out->dims[n + 1] = tn_dim (channels);
  if (filters >= 0)
    out->dims[n + 1] = tn_dim (tn_node_int (words->node, (guint)filters));
  else if (multiplier < 0
           || __builtin_mul_overflow (channels, tn_node_int (words->node, (guint)multiplier),
                                      &out->dims[n + 1].size))
    return FALSE;
  return TRUE;
}

/* What keeps a kernel from being made of the channels that arrive, or, when nothing does, from
 * fitting them: that is how Keras notices more axes than a convolution knows. */
static char *
convolution_channels (const TnWords *words)
{
  int param = tn_words_param (words, "groups");
  int axis = is_channels_first (words) ? 1 : words->input.rank - 1;
  g_autofree char *got = tn_shape_to_text (&words->input), *kernel = NULL;
  TnShape shape;

  if (strstr (words->type, "Transpose") != NULL || g_str_has_prefix (words->type, "Separable"))
    return NULL;
  if (!tn_dim_is_known (words->input.dims[axis]))
    return g_strdup_printf ("unsupported operand type(s) for %s",
                            param >= 0 ? "%: 'NoneType' and 'int'" : "*: 'int' and 'NoneType'");
  if (param >= 0
      && words->input.dims[axis].size % MAX (tn_node_int (words->node, (guint)param), 1) != 0)
    return g_strdup_printf (
        "The number of input channels must be evenly divisible by the number "
        "of groups. Received groups=%" G_GINT64_FORMAT ", but the input has %" G_GINT64_FORMAT
        " channels (full input shape is %s).",
        tn_node_int (words->node, (guint)param), words->input.dims[axis].size, got);
  if (!kernel_shape (words, &shape))
    return NULL;
  kernel = tn_shape_to_text (&shape);
  return g_strdup_printf ("Kernel shape must have the same length as input, but received kernel of "
                          "shape %s and input of shape %s.",
                          kernel, got);
}

static char *
say_rank (const TnWords *words)
{
  g_autofree char *got = tn_shape_to_text (&words->input);
  int least = strcmp (words->type, "Dense") == 0      ? 2
              : tn_words_is_convolution (words->type) ? tn_words_spatial_axes (words->type) + 2
                                                      : 0;

  if (words->input.rank < 0)
    return NULL;
  if (least > 0 && words->input.rank < least)
    return incompatible (words, "expected min_ndim=%d, found ndim=%d. Full shape received: %s",
                         least, words->input.rank, got);
  if (tn_words_is_convolution (words->type))
    return convolution_channels (words);
  if (!has_fixed_rank (words->type) || words->issue->expected.rank < 0)
    return NULL;
  return incompatible (words, "expected ndim=%d, found ndim=%d. Full shape received: %s",
                       words->issue->expected.rank, words->input.rank, got);
}

/* A kernel that exists was made for another width. */
static char *
say_width (const TnWords *words)
{
  const TnIssue *issue = words->issue;
  g_autofree char *got = tn_shape_to_text (&words->input);
  int axis = tn_shape_axis (&words->input, issue->axis), param = tn_words_param (words, "axis");
  gint64 told = is_channels_first (words) ? 1 : -1;

  /* Recurrent layers and others do not look. */
  if (axis < 0 || issue->expected.rank != words->input.rank
      || (strcmp (words->type, "Dense") != 0 && !tn_words_is_convolution (words->type)
          && strcmp (words->type, "BatchNormalization") != 0))
    return NULL;
  if (param >= 0)
    told = tn_node_int (words->node, (guint)param);
  return incompatible (words,
                       "expected axis %" G_GINT64_FORMAT " of input shape to have value "
                       "%" G_GINT64_FORMAT ", but received input with shape %s",
                       told, issue->expected.dims[axis].size, got);
}

static gboolean
is_on (const TnWords *words, const char *name)
{
  int param = tn_words_param (words, name);

  return param >= 0 && tn_node_bool (words->node, (guint)param);
}

static char *
say_unknown_dim (const TnWords *words)
{
  int units = tn_words_param (words, "units");
  const char *weight = NULL;
  g_autofree char *shape = NULL;

  if (strcmp (words->type, "Dense") == 0 && units >= 0)
    {
      weight = "kernel";
      shape = g_strdup_printf ("(None, %" G_GINT64_FORMAT ")",
                               tn_node_int (words->node, (guint)units));
    }
  else if (strcmp (words->type, "BatchNormalization") == 0)
    {
      weight = is_on (words, "scale") ? "gamma" : is_on (words, "center") ? "beta" : "moving_mean";
      shape = g_strdup ("(None,)");
    }
  else if (tn_words_is_convolution (words->type) && strstr (words->type, "Transpose") == NULL)
    return g_strdup_printf ("unsupported operand type(s) for %s",
                            tn_words_param (words, "depth_multiplier") < 0
                                ? "%: 'NoneType' and 'int'"
                                : "*: 'int' and 'NoneType'");
  if (weight == NULL)
    return NULL;
  return g_strdup_printf ("Shapes used to initialize variables must be fully-defined (no `None` "
                          "dimensions). Received: shape=%s for variable path='%s/%s'",
                          shape, tn_node_name (words->node), weight);
}

/* ---- windows and groups ---- */

static char *
say_window_size (const TnWords *words)
{
  int n = tn_words_spatial_axes (words->type), padding = tn_words_param (words, "padding");
  gint64 size[3], strides[3], dilation[3] = { 1, 1, 1 };
  g_autofree char *input = NULL, *window = NULL, *stride = NULL, *spread = NULL;
  const char *pad;
  TnShape kernel;

  if (n == 0 || padding < 0 || words->input.rank < 0)
    return NULL;
  pad = tn_node_string (words->node, (guint)padding);
  if (tn_words_is_pooling (words->type))
    {
      gint64 sizes[TN_MAX_RANK];

      if (!tn_words_ints (words, "pool_size", size))
        return NULL;
      if (!tn_words_ints (words, "strides", strides))
        memcpy (strides, size, sizeof strides);
      for (int axis = 0; axis < words->input.rank; axis++)
        sizes[axis] = words->input.dims[axis].size;
      input = array_text (sizes, words->input.rank);
      window = array_text (size, n);
      stride = tn_words_tuple (strides, n);
      return g_strdup_printf ("Computed output size would be zero or negative. Received: "
                              "`inputs.shape=%s`, `pool_size=%s`, `strides=%s`, `padding=%s`.",
                              input, window, stride, pad);
    }
  if (!tn_words_is_convolution (words->type) || strstr (words->type, "Transpose") != NULL
      || !kernel_shape (words, &kernel) || !tn_words_ints (words, "strides", strides))
    return NULL;
  tn_words_ints (words, "dilation_rate", dilation);
  input = tn_shape_to_text (&words->input);
  window = tn_shape_to_text (&kernel);
  stride = tn_words_tuple (strides, n);
  spread = array_text (dilation, n);
  return g_strdup_printf ("Computed output size would be zero or negative. Received "
                          "`inputs shape=%s`, `kernel shape=%s`, `dilation_rate=%s`, "
                          "`strides=%s`, `padding=%s`.",
                          input, window, spread, stride, pad);
}

static char *
say_groups (const TnWords *words)
{
  int groups = tn_words_param (words, "groups"), filters = tn_words_param (words, "filters");
  gint64 n;

  if (!tn_words_is_convolution (words->type) || groups < 0 || filters < 0)
    return NULL;
  n = tn_node_int (words->node, (guint)groups);
  if (words->issue->slot < 0)
    return g_strdup_printf ("The number of filters must be evenly divisible by the number of "
                            "groups. Received: groups=%" G_GINT64_FORMAT
                            ", filters=%" G_GINT64_FORMAT ".",
                            n, tn_node_int (words->node, (guint)filters));
  return words->input.rank > 0 ? convolution_channels (words) : NULL;
}

/* ---- merging and reshaping ---- */

static gboolean
batches_differ (const TnWords *words)
{
  TnDim batch = tn_dim (TN_DIM_UNKNOWN);

  for (guint slot = 0; slot < tn_node_n_inputs (words->node, words->call); slot++)
    {
      TnShape shape = input_shape (words, slot);

      if (shape.rank < 1)
        continue;
      if (!tn_dim_compatible (batch, shape.dims[0]))
        return TRUE;
      if (tn_dim_is_known (shape.dims[0]))
        batch = shape.dims[0];
    }
  return FALSE;
}

/* The two axes that a Dot multiplies over: a pair as it was given, one number from the front. */
static char *
say_dot (const TnWords *words)
{
  int param = tn_words_param (words, "axes");
  TnShape shapes[2] = { input_shape (words, 0), input_shape (words, 1) };
  g_autoptr (TnValue) value = param >= 0 ? tn_node_value (words->node, (guint)param) : NULL;
  g_autofree char *first = tn_shape_to_text (&shapes[0]);
  g_autofree char *second = tn_shape_to_text (&shapes[1]);
  g_autoptr (GString) out = g_string_new ("Incompatible input shapes: axis values ");

  for (int i = 0; i < 2; i++)
    {
      gboolean list = value != NULL && tn_value_size (value) == 2;
      const TnValue *item = list ? tn_value_at (value, (gsize)i) : value;
      int axis;

      if (item == NULL || tn_value_kind (item) != TN_VALUE_INT)
        return NULL;
      axis = tn_shape_axis (&shapes[i], tn_value_int (item));
      if (axis < 0)
        return NULL;
      if (tn_dim_is_known (shapes[i].dims[axis]))
        g_string_append_printf (out, "%" G_GINT64_FORMAT, shapes[i].dims[axis].size);
      else
        g_string_append (out, "None");
      g_string_append_printf (out, " (at axis %" G_GINT64_FORMAT ")%s",
                              list ? tn_value_int (item) : axis,
                              i == 0 ? " != " : ". Full input shapes: ");
    }
  g_string_append_printf (out, "%s, %s", first, second);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
say_merge_shape (const TnWords *words)
{
  static const char *const elementwise[]
      = { "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", NULL };
  const TnShape *a = &words->issue->expected, *b = &words->input;
  g_autofree char *first = NULL, *second = NULL, *all = NULL;

  if (strcmp (words->type, "Dot") == 0)
    return say_dot (words);
  if (!g_strv_contains (elementwise, words->type))
    return NULL;
  if (batches_differ (words))
    {
      all = inputs_text (words);
      return g_strdup_printf ("Cannot merge tensors with different batch sizes. Received tensors "
                              "with shapes %s",
                              all);
    }
  if (a->rank < 1 || b->rank < 1)
    return NULL;
  /* The longer one stands first. */
  first = sample_text (a->rank < b->rank ? b : a);
  second = sample_text (a->rank < b->rank ? a : b);
  return g_strdup_printf ("Inputs have incompatible shapes. Received shapes %s and %s", first,
                          second);
}

static char *
say_concat_shape (const TnWords *words)
{
  g_autofree char *all = inputs_text (words);

  return g_strdup_printf ("A `Concatenate` layer requires inputs with matching shapes except for "
                          "the concatenation axis. Received: input_shape=%s",
                          all);
}

static char *
say_axis (const TnWords *words)
{
  int param = tn_words_param (words, "axis");
  TnShape first = input_shape (words, 0);
  gint64 axis;

  if (param < 0 || first.rank < 0)
    return NULL;
  if (strcmp (words->type, "BatchNormalization") == 0)
    return g_strdup ("tuple index out of range");
  if (strcmp (words->type, "Concatenate") != 0)
    return NULL;
  axis = tn_node_int (words->node, (guint)param);
  if (axis < 0)
    return g_strdup ("list assignment index out of range");
  /* Keras leaves the axis in and compares all of them first. */
  for (guint slot = 1; slot < tn_node_n_inputs (words->node, words->call); slot++)
    {
      TnShape other = input_shape (words, slot);

      if (other.rank != first.rank || !tn_shape_compatible (&first, &other))
        return say_concat_shape (words);
    }
  return g_strdup ("list index out of range");
}

static char *
say_reshape_size (const TnWords *words)
{
  int param = tn_words_param (words, "target_shape");
  g_autofree char *input = NULL, *target = NULL;
  g_autoptr (TnValue) value = NULL;
  gboolean open = FALSE;

  if (param < 0 || words->input.rank < 1)
    return NULL;
  value = tn_node_value (words->node, (guint)param);
  for (gsize i = 0; i < tn_value_size (value); i++)
    open = open
           || (tn_value_kind (tn_value_at (value, i)) == TN_VALUE_INT
               && tn_value_int (tn_value_at (value, i)) == -1);
  input = sample_text (&words->input);
  target = tn_value_to_text (value);
  return g_strdup_printf ("The total size of the tensor must be unchanged%s. Received: "
                          "input_shape=%s, target_shape=%s",
                          open ? ", however, the input size cannot by divided by the specified "
                                 "dimensions in target_shape"
                               : "",
                          input, target);
}

/* ---- what else is refused ---- */

static char *
say_crop_size (const TnWords *words)
{
  int param = tn_words_param (words, "cropping");
  gint64 pairs[6];
  int n = tn_words_spatial_axes (words->type);
  g_autoptr (GString) out = NULL;
  g_autofree char *got = NULL;

  if (param < 0 || n < 1 || n > 2 || words->input.rank < 0
      || words->schema->params[param].kind != TN_PARAM_PAIRS
      || !tn_node_pairs (words->node, (guint)param, pairs))
    return NULL;
  got = tn_shape_to_text (&words->input);
  if (n == 1)
    return g_strdup_printf ("`cropping` parameter of `Cropping1D` layer must be smaller than the "
                            "input length. Received: input_shape=%s, cropping=(%" G_GINT64_FORMAT
                            ", %" G_GINT64_FORMAT ")",
                            got, pairs[0], pairs[1]);
  out = g_string_new ("Values in `cropping` argument should be smaller than the corresponding "
                      "spatial dimension of the input. Received: input_shape=");
  g_string_append_printf (out,
                          "%s, cropping=((%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                          "), (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "))",
                          got, pairs[0], pairs[1], pairs[2], pairs[3]);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Codes that are not here (a Dense on several dimensions, labels, an open input) are legal in
 * Keras, or refused by what it is compiled and run with. */
static const struct
{
  const char *code;
  char *(*say) (const TnWords *words);
} sayings[] = {
  { "param", tn_words_say_param },
  { "rank", say_rank },
  { "dense-width", say_width },
  { "kernel-width", say_width },
  { "unknown-dim", say_unknown_dim },
  { "window-size", say_window_size },
  { "groups", say_groups },
  { "merge-shape", say_merge_shape },
  { "concat-shape", say_concat_shape },
  { "axis", say_axis },
  { "reshape-size", say_reshape_size },
  { "crop-size", say_crop_size },
};

char *
tn_keras_words (const TnFacts *facts, const TnIssue *issue)
{
  TnWords words = { .facts = facts, .issue = issue, .input = tn_shape_none () };
  int index;

  g_return_val_if_fail (facts != NULL && issue != NULL, NULL);

  words.node = tn_graph_find (tn_facts_graph (facts), issue->node);
  if (words.node == NULL || issue->severity != TN_SEVERITY_ERROR)
    return NULL;
  words.schema = tn_node_schema (words.node);
  words.type = words.schema->type;
  words.call = (guint)MAX (issue->call, 0);
  index = tn_graph_index (tn_facts_graph (facts), issue->node);
  if (!words.schema->keras || words.call >= tn_node_n_calls (words.node))
    return NULL;
  if (tn_node_n_inputs (words.node, words.call) > (guint)MAX (issue->slot, 0))
    words.input = tn_facts_input (facts, (guint)index, words.call, (guint)MAX (issue->slot, 0));
  for (guint i = 0; i < G_N_ELEMENTS (sayings); i++)
    if (strcmp (sayings[i].code, issue->code) == 0)
      return sayings[i].say (&words);
  return NULL;
}
