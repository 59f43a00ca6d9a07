/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's own sentences, made again from shapes and parameters, slips of grammar included. */
#include "infer/tn-keras-words.h"

#include <string.h>

/* An issue with all that a sentence may speak of. */
typedef struct
{
  const TnFacts *facts;
  const TnIssue *issue;
  const TnNode *node;
  const TnSchema *schema;
  const char *type;
  guint call;
  TnShape input; /* what arrives where the issue is; rank -1: nothing */
} Words;

static int
find_param (const Words *words, const char *name)
{
  return tn_schema_param (words->schema, name);
}

/* ---- kinds of layers, by their class names ---- */

/* 2 for "Conv2D", "Conv2DTranspose" and "MaxPooling2D"; 0 for none. */
static int
spatial_axes (const char *type)
{
  for (; *type != '\0'; type++)
    if (*type >= '1' && *type <= '3' && type[1] == 'D')
      return *type - '0';
  return 0;
}

static gboolean
is_convolution (const char *type)
{
  return strstr (type, "Conv") != NULL && strstr (type, "LSTM") == NULL;
}

static gboolean
is_pooling (const char *type)
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

/* The value as an f-string prints it: a text without quotes, and as many numbers as are asked for,
 * all the same, as the one number that was typed for them. */
static char *
value_text (const TnParam *param, const TnValue *value)
{
  gsize n = tn_value_size (value);

  if (tn_value_kind (value) == TN_VALUE_STRING)
    return g_strdup (tn_value_string (value));
  if (param->kind == TN_PARAM_INTS && tn_value_kind (value) == TN_VALUE_LIST && n == param->length)
    {
      gboolean same = tn_value_kind (tn_value_at (value, 0)) == TN_VALUE_INT;

      for (gsize i = 1; i < n; i++)
        same = same && tn_value_equal (tn_value_at (value, 0), tn_value_at (value, i));
      if (same)
        return tn_value_to_text (tn_value_at (value, 0));
    }
  return tn_value_to_text (value);
}

/* "(2, 2)", "(3,)": whatever the parameter was left at, one number for each of @n axes. */
static gboolean
read_ints (const Words *words, const char *name, gint64 *out)
{
  int param = find_param (words, name);

  return param >= 0 && words->schema->params[param].kind == TN_PARAM_INTS
         && tn_node_ints (words->node, (guint)param, out);
}

static char *
tuple_text (const gint64 *sizes, int n)
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
inputs_text (const Words *words)
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
input_shape (const Words *words, guint slot)
{
  guint index = (guint)tn_graph_index (tn_facts_graph (words->facts), tn_node_id (words->node));

  return tn_facts_input (words->facts, index, words->call, slot);
}

/* ---- what arrives has the wrong rank or width ---- */

static char *incompatible (const Words *words, const char *format, ...) G_GNUC_PRINTF (2, 3);

static char *
incompatible (const Words *words, const char *format, ...)
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
is_channels_first (const Words *words)
{
  int param = find_param (words, "data_format");

  return param >= 0 && strcmp (tn_node_string (words->node, (guint)param), "channels_first") == 0;
}

/* Shape of a convolution's kernel as Keras tells it: for all channels that arrive, whatever the
 * groups. FALSE when there is none. */
static gboolean
kernel_shape (const Words *words, TnShape *out)
{
  int n = spatial_axes (words->type);
  int filters = find_param (words, "filters");
  int multiplier = find_param (words, "depth_multiplier");
  gint64 kernel[3], channels;
  int axis = is_channels_first (words) ? 1 : words->input.rank - 1;

  if (n == 0 || axis < 0 || axis >= words->input.rank || !read_ints (words, "kernel_size", kernel))
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
convolution_channels (const Words *words)
{
  int param = find_param (words, "groups");
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
say_rank (const Words *words)
{
  g_autofree char *got = tn_shape_to_text (&words->input);
  int least = strcmp (words->type, "Dense") == 0 ? 2
              : is_convolution (words->type)     ? spatial_axes (words->type) + 2
                                                 : 0;

  if (words->input.rank < 0)
    return NULL;
  if (least > 0 && words->input.rank < least)
    return incompatible (words, "expected min_ndim=%d, found ndim=%d. Full shape received: %s",
                         least, words->input.rank, got);
  if (is_convolution (words->type))
    return convolution_channels (words);
  if (!has_fixed_rank (words->type) || words->issue->expected.rank < 0)
    return NULL;
  return incompatible (words, "expected ndim=%d, found ndim=%d. Full shape received: %s",
                       words->issue->expected.rank, words->input.rank, got);
}

/* A kernel that exists was made for another width. */
static char *
say_width (const Words *words)
{
  const TnIssue *issue = words->issue;
  g_autofree char *got = tn_shape_to_text (&words->input);
  int axis = tn_shape_axis (&words->input, issue->axis), param = find_param (words, "axis");
  gint64 told = is_channels_first (words) ? 1 : -1;

  /* Recurrent layers and others do not look. */
  if (axis < 0 || issue->expected.rank != words->input.rank
      || (strcmp (words->type, "Dense") != 0 && !is_convolution (words->type)
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
is_on (const Words *words, const char *name)
{
  int param = find_param (words, name);

  return param >= 0 && tn_node_bool (words->node, (guint)param);
}

static char *
say_unknown_dim (const Words *words)
{
  int units = find_param (words, "units");
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
  else if (is_convolution (words->type) && strstr (words->type, "Transpose") == NULL)
    return g_strdup_printf ("unsupported operand type(s) for %s",
                            find_param (words, "depth_multiplier") < 0 ? "%: 'NoneType' and 'int'"
                                                                       : "*: 'int' and 'NoneType'");
  if (weight == NULL)
    return NULL;
  return g_strdup_printf ("Shapes used to initialize variables must be fully-defined (no `None` "
                          "dimensions). Received: shape=%s for variable path='%s/%s'",
                          shape, tn_node_name (words->node), weight);
}

/* ---- windows and groups ---- */

static char *
say_window_size (const Words *words)
{
  int n = spatial_axes (words->type), padding = find_param (words, "padding");
  gint64 size[3], strides[3], dilation[3] = { 1, 1, 1 };
  g_autofree char *input = NULL, *window = NULL, *stride = NULL, *spread = NULL;
  const char *pad;
  TnShape kernel;

  if (n == 0 || padding < 0 || words->input.rank < 0)
    return NULL;
  pad = tn_node_string (words->node, (guint)padding);
  if (is_pooling (words->type))
    {
      gint64 sizes[TN_MAX_RANK];

      if (!read_ints (words, "pool_size", size))
        return NULL;
      if (!read_ints (words, "strides", strides))
        memcpy (strides, size, sizeof strides);
      for (int axis = 0; axis < words->input.rank; axis++)
        sizes[axis] = words->input.dims[axis].size;
      input = array_text (sizes, words->input.rank);
      window = array_text (size, n);
      stride = tuple_text (strides, n);
      return g_strdup_printf ("Computed output size would be zero or negative. Received: "
                              "`inputs.shape=%s`, `pool_size=%s`, `strides=%s`, `padding=%s`.",
                              input, window, stride, pad);
    }
  if (!is_convolution (words->type) || strstr (words->type, "Transpose") != NULL
      || !kernel_shape (words, &kernel) || !read_ints (words, "strides", strides))
    return NULL;
  read_ints (words, "dilation_rate", dilation);
  input = tn_shape_to_text (&words->input);
  window = tn_shape_to_text (&kernel);
  stride = tuple_text (strides, n);
  spread = array_text (dilation, n);
  return g_strdup_printf ("Computed output size would be zero or negative. Received "
                          "`inputs shape=%s`, `kernel shape=%s`, `dilation_rate=%s`, "
                          "`strides=%s`, `padding=%s`.",
                          input, window, spread, stride, pad);
}

static char *
say_groups (const Words *words)
{
  int groups = find_param (words, "groups"), filters = find_param (words, "filters");
  gint64 n;

  if (!is_convolution (words->type) || groups < 0 || filters < 0)
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
batches_differ (const Words *words)
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
say_dot (const Words *words)
{
  int param = find_param (words, "axes");
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
say_merge_shape (const Words *words)
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
say_concat_shape (const Words *words)
{
  g_autofree char *all = inputs_text (words);

  return g_strdup_printf ("A `Concatenate` layer requires inputs with matching shapes except for "
                          "the concatenation axis. Received: input_shape=%s",
                          all);
}

static char *
say_axis (const Words *words)
{
  int param = find_param (words, "axis");
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
say_reshape_size (const Words *words)
{
  int param = find_param (words, "target_shape");
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

/* ---- parameters ---- */

/* One text for a parameter of the classes that start with @type (NULL: all), with %s for the value.
 */
typedef struct
{
  const char *type;
  const char *param;
  const char *text;
} ParamWords;

#define RELU_WORDS(name)                                                                           \
#name " of a ReLU layer cannot be None or a negative value. Received: " #name "=%s"
#define POSITIVE(name)                                                                             \
  "Invalid value for argument `" name "`. Expected a strictly positive value. Received " name "=%" \
  "s."
#define UNITS_WORDS                                                                                \
  "Received an invalid value for argument `units`, expected a positive integer, got %s."

static const ParamWords param_words[] = {
  { "Dense", "units",
    "Received an invalid value for `units`, expected a positive integer. Received: units=%s" },
  { "LSTM", "units", UNITS_WORDS },
  { "GRU", "units", UNITS_WORDS },
  { "SimpleRNN", "units", UNITS_WORDS },
  { NULL, "filters", POSITIVE ("filters") },
  { NULL, "depth_multiplier", POSITIVE ("depth_multiplier") },
  { NULL, "activation", "Could not interpret activation function identifier: %s" },
  { NULL, "data_format",
    "The `data_format` argument must be one of {'channels_first', 'channels_last'}. Received: "
    "data_format=%s" },
  { "MaxPooling", "padding",
    "Argument `padding` must be either 'valid' or 'same'. Received: padding=%s" },
  { "AveragePooling", "padding",
    "Argument `padding` must be either 'valid' or 'same'. Received: padding=%s" },
  { "Conv1DTranspose", "padding",
    "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: %s" },
  { "Conv2D", "padding",
    "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: %s" },
  { "Conv3D", "padding",
    "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: %s" },
  { "Depthwise", "padding",
    "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: %s" },
  { "Separable", "padding",
    "The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: %s" },
  { "Conv", "groups", "The number of groups must be a positive integer. Received: groups=%s." },
  { "Dropout", "rate",
    "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: "
    "rate=%s" },
  { "SpatialDropout", "rate",
    "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: "
    "rate=%s" },
  { "ReLU", "negative_slope", RELU_WORDS (negative_slope) },
  { "ReLU", "threshold", RELU_WORDS (threshold) },
  { "ReLU", "max_value",
    "max_value of a ReLU layer cannot be a negative value. Received: max_value=%s" },
};

/* Both strides and dilation_rate above 1: each alone is fine. */
static char *
say_strides_with_dilation (const Words *words)
{
  int n = spatial_axes (words->type);
  gint64 strides[3], dilation[3];
  g_autofree char *a = NULL, *b = NULL;

  if (n == 0 || !is_convolution (words->type) || !read_ints (words, "strides", strides)
      || !read_ints (words, "dilation_rate", dilation))
    return NULL;
  a = tuple_text (strides, n);
  b = tuple_text (dilation, n);
  return g_strdup_printf ("`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                          "Received: strides=%s and dilation_rate=%s",
                          a, b);
}

/* "including values {0} that do not satisfy `value > 0`"; NULL when none is such. */
static char *
unqualified_text (const TnValue *value)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gint64 last = 1;

  for (gsize i = 0; i < MAX (tn_value_size (value), 1); i++)
    {
      const TnValue *item = tn_value_size (value) > 0 ? tn_value_at (value, i) : value;

      if (tn_value_kind (item) != TN_VALUE_INT)
        return NULL;
      if (tn_value_int (item) > 0 || tn_value_int (item) == last)
        continue;
      last = tn_value_int (item);
      g_string_append_printf (out, "%s%" G_GINT64_FORMAT, out->len > 0 ? ", " : "", last);
    }
  if (out->len == 0)
    return NULL;
  return g_strdup_printf (", including values {%s} that do not satisfy `value > 0`", out->str);
}

static char *
say_ints (const Words *words, const TnParam *param, const TnValue *value)
{
  g_autofree char *given = value_text (param, value), *also = NULL;
  gboolean right_length
      = tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == param->length;

  if (right_length)
    also = unqualified_text (value);
  /* Pooling lets a stride of 0 pass, and fails over it when it divides. */
  if (is_pooling (words->type) && strcmp (param->name, "strides") == 0)
    return also != NULL && strstr (also, "{0}") != NULL ? g_strdup ("division by zero") : NULL;
  return g_strdup_printf ("The `%s` argument must be a tuple of %u integers. Received %s=%s%s",
                          param->name, param->length, param->name, given, also != NULL ? also : "");
}

static char *
say_param (const Words *words)
{
  int index = words->issue->param != NULL ? find_param (words, words->issue->param) : -1;
  const TnParam *param = index >= 0 ? &words->schema->params[index] : NULL;
  const TnValue *value = index >= 0 ? tn_node_get (words->node, (guint)index) : NULL;
  g_autofree char *given = NULL;

  if (value == NULL)
    return NULL;
  if (tn_param_check (param, value, NULL))
    return strcmp (param->name, "dilation_rate") == 0 || strcmp (param->name, "strides") == 0
               ? say_strides_with_dilation (words)
               : NULL;
  if (param->kind == TN_PARAM_INTS
      && (is_convolution (words->type) || is_pooling (words->type)
          || g_str_has_prefix (words->type, "UpSampling")))
    return say_ints (words, param, value);
  /* Numbers are compared before they are looked at: Python's own complaint. */
  if (strcmp (param->name, "rate") == 0 && !tn_value_is_number (value))
    return tn_value_kind (value) == TN_VALUE_STRING
               ? g_strdup ("'<=' not supported between instances of 'int' and 'str'")
               : NULL;
  if ((strcmp (param->name, "filters") == 0 || strcmp (param->name, "depth_multiplier") == 0)
      && tn_value_kind (value) != TN_VALUE_INT)
    return NULL;
  /* Known to Keras, though not to run without arguments. */
  if (strcmp (param->name, "activation") == 0 && tn_value_kind (value) == TN_VALUE_STRING
      && strcmp (tn_value_string (value), "threshold") == 0)
    return NULL;
  given = value_text (param, value);
  for (guint i = 0; i < G_N_ELEMENTS (param_words); i++)
    if (strcmp (param_words[i].param, param->name) == 0
        && (param_words[i].type == NULL || g_str_has_prefix (words->type, param_words[i].type)))
      {
        g_auto (GStrv) parts = g_strsplit (param_words[i].text, "%s", 2);

        return g_strconcat (parts[0], given, parts[1], NULL);
      }
  return NULL;
}

/* Codes that are not here (a Dense on several dimensions, labels, an open input) are legal in
 * Keras, or refused by what it is compiled and run with. */
static const struct
{
  const char *code;
  char *(*say) (const Words *words);
} sayings[] = {
  { "param", say_param },
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
};

char *
tn_keras_words (const TnFacts *facts, const TnIssue *issue)
{
  Words words = { .facts = facts, .issue = issue, .input = tn_shape_none () };
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
