/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's own sentences about parameters that are not allowed to be so. */
#include <string.h>

#include "infer/tn-keras-words-private.h"

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
say_strides_with_dilation (const TnWords *words)
{
  int n = tn_words_spatial_axes (words->type);
  gint64 strides[3], dilation[3];
  g_autofree char *a = NULL, *b = NULL;

  if (n == 0 || !tn_words_is_convolution (words->type) || !tn_words_ints (words, "strides", strides)
      || !tn_words_ints (words, "dilation_rate", dilation))
    return NULL;
  a = tn_words_tuple (strides, n);
  b = tn_words_tuple (dilation, n);
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
say_ints (const TnWords *words, const TnParam *param, const TnValue *value)
{
  g_autofree char *given = value_text (param, value), *also = NULL;
  gboolean right_length
      = tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == param->length;

  if (right_length)
    also = unqualified_text (value);
  /* Pooling lets a stride of 0 pass, and fails over it when it divides. */
  if (tn_words_is_pooling (words->type) && strcmp (param->name, "strides") == 0)
    return also != NULL && strstr (also, "{0}") != NULL ? g_strdup ("division by zero") : NULL;
  return g_strdup_printf ("The `%s` argument must be a tuple of %u integers. Received %s=%s%s",
                          param->name, param->length, param->name, given, also != NULL ? also : "");
}

char *
tn_words_say_param (const TnWords *words)
{
  int index = words->issue->param != NULL ? tn_words_param (words, words->issue->param) : -1;
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
      && (tn_words_is_convolution (words->type) || tn_words_is_pooling (words->type)
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
