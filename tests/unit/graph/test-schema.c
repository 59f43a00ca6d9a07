/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters: what each kind takes, the sentence when it does not, canonical form, defaults. */
#include "graph-schemas.h"

static TnValue *
value_of (const char *text)
{
  TnValue *value = tn_value_from_text (text, NULL);

  g_assert_nonnull (value);
  return value;
}

static void
test_check (void)
{
#define BOOL   "use_bias must be True or False, not "
#define INT    "units must be a whole number of at least 1, not "
#define FLOAT  "rate must be a number from 0 to 1, not "
#define STRING "note must be text, not "
#define CHOICE "padding must be one of valid, same, not "
#define INTS   "strides must be a whole number of at least 1, or a list of 2 such, not "
#define DIMS                                                                                       \
  "batch_shape must be a list of sizes such as (28, 28, 1), with None where a size is open, or "   \
  "None, not "
#define TARGET                                                                                     \
  "target_shape must be a list of sizes such as (28, 28, 1), with at most one -1 for what is "     \
  "left, or None, not "
#define AXES "axis must be an axis such as -1, or a list of axes, not "
#define OBJECT                                                                                     \
  "kernel_initializer must be the name of a Keras object, or a dict with class_name and config, "  \
  "not "
#define DICT "quantization must be a dict, or None, not "
#define SEED "seed must be a whole number, or None, not "
#define ANY  "epsilon must be a number greater than 0, not "
  static const struct
  {
    guint param;
    const char *text, *message; /* NULL: taken */
  } values[] = {
    { P_BOOL, "False", NULL },
    { P_BOOL, "None", NULL }, /* of old files: the default */
    { P_BOOL, "1", BOOL "1." },
    { P_INT, "1", NULL },
    { P_INT, "9223372036854775807", NULL },
    { P_INT, "0", INT "0." },
    { P_INT, "-3", INT "-3." },
    { P_INT, "2.0", INT "2.0." },
    { P_INT, "None", INT "None." },
    { P_INT, "True", INT "True." },
    { P_INT, "many", INT "'many'." },
    { P_INT, "(3,)", INT "(3,)." },
    { P_FLOAT, "0", NULL },
    { P_FLOAT, "1.0", NULL },
    { P_FLOAT, "1.01", FLOAT "1.01." },
    { P_FLOAT, "-0.5", FLOAT "-0.5." },
    { P_FLOAT, "nan", FLOAT "'nan'." },
    { P_STRING, "''", NULL },
    { P_STRING, "3", STRING "3." },
    { P_CHOICE, "same", NULL },
    { P_CHOICE, "SAME", NULL },
    { P_CHOICE, "'causal'", CHOICE "'causal'." },
    { P_CHOICE, "1", CHOICE "1." },
    { P_INTS, "2", NULL },
    { P_INTS, "(2, 1)", NULL },
    { P_INTS, "(2, 1, 1)", INTS "(2, 1, 1)." },
    { P_INTS, "(2, 0)", INTS "(2, 0)." },
    { P_INTS, "(2, 'a')", INTS "(2, 'a')." },
    { P_INTS, "0", INTS "0." },
    { P_DIMS, "(None, 28, 28, 1)", NULL },
    { P_DIMS, "28", NULL },
    { P_DIMS, "()", NULL },
    { P_DIMS, "None", NULL },
    { P_DIMS, "(None, -1)", DIMS "(None, -1)." },
    { P_DIMS, "(1, 2, 3, 4, 5, 6, 7, 8, 9)", DIMS "(1, 2, 3, 4, 5, 6, 7, 8, 9)." },
    { P_DIMS, "wide", DIMS "'wide'." },
    { P_TARGET, "(-1, 1600)", NULL },
    { P_TARGET, "(-1, -1)", TARGET "(-1, -1)." },
    { P_TARGET, "(-2, 4)", TARGET "(-2, 4)." },
    { P_AXES, "-1", NULL },
    { P_AXES, "(1, 2)", NULL },
    { P_AXES, "()", AXES "()." },
    { P_AXES, "(1, None)", AXES "(1, None)." },
    { P_OBJECT, "zeros", NULL },
    { P_OBJECT, "Zeros", NULL },
    { P_OBJECT, "{class_name: GlorotUniform, config: {seed: 3}}", NULL },
    { P_OBJECT, "{class_name: Mine, config: {}}", NULL },
    { P_OBJECT, "mine", OBJECT "'mine'." },
    { P_OBJECT, "{config: {}}", OBJECT "{'config': {}}." },
    { P_OBJECT, "3", OBJECT "3." },
    { P_OBJECT, "None", NULL }, /* no initializer is the usual one */
    { P_DICT, "{'anything': 3}", NULL },
    { P_DICT, "None", NULL },
    { P_DICT, "zeros", DICT "'zeros'." },
    { P_SEED, "-7", NULL },
    { P_SEED, "None", NULL },
    { P_SEED, "0.5", SEED "0.5." },
    { P_ANY, "1e-07", NULL },
    { P_ANY, "0", ANY "0." },
    { P_ANY, "-1", ANY "-1." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (TnValue) value = value_of (values[i].text);
      g_autofree char *message = NULL;
      gboolean good = tn_param_check (&test_params[values[i].param], value, &message);

      g_assert_cmpstr (message, ==, values[i].message);
      g_assert_cmpint (good, ==, values[i].message == NULL);
      g_assert_cmpint (tn_param_check (&test_params[values[i].param], value, NULL), ==, good);
    }
}

static void
test_normalize (void)
{
  static const struct
  {
    guint param;
    const char *given, *normal;
  } values[] = {
    { P_INTS, "3", "(3, 3)" },
    { P_INTS, "(3, 2)", "(3, 2)" },
    { P_DIMS, "28", "(28,)" },
    { P_CHOICE, "SAME", "'same'" },
    { P_CHOICE, "Other", "'Other'" },
    { P_BOOL, "None", "True" },
    { P_DIMS, "None", "None" },
    { P_INT, "'32'", "'32'" },
    { P_OBJECT, "GlorotUniform", "'glorot_uniform'" },
    { P_OBJECT, "glorotuniform", "'glorot_uniform'" },
    { P_OBJECT, "{class_name: GlorotUniform, config: {seed: None}}", "'glorot_uniform'" },
    { P_OBJECT,
      "{module: keras.initializers, class_name: Zeros, config: {}, registered_name: None}",
      "'zeros'" },
    { P_OBJECT, "{class_name: GlorotUniform, config: {seed: 3}}",
      "{'class_name': 'GlorotUniform', 'config': {'seed': 3}}" },
    { P_OBJECT, "{class_name: Mine, config: {}}", "{'class_name': 'Mine', 'config': {}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (TnValue) given = value_of (values[i].given);
      g_autoptr (TnValue) normal = tn_param_normalize (&test_params[values[i].param], given);
      g_autoptr (TnValue) twice = tn_param_normalize (&test_params[values[i].param], normal);
      g_autofree char *text = tn_value_to_text (normal);

      g_assert_cmpstr (text, ==, values[i].normal);
      /* A canonical form is its own. */
      g_assert_true (twice == normal);
    }
}

static void
test_default (void)
{
  static const struct
  {
    guint param;
    const char *text;
    gboolean is_default;
  } values[] = {
    { P_BOOL, "True", TRUE },
    { P_BOOL, "None", TRUE },
    { P_BOOL, "False", FALSE },
    { P_INT, "64", FALSE },
    { P_FLOAT, "0.5", TRUE },
    { P_INTS, "1", TRUE },
    { P_INTS, "(1, 1)", TRUE },
    { P_INTS, "(1, 2)", FALSE },
    { P_CHOICE, "VALID", TRUE },
    { P_AXES, "-1", TRUE },
    { P_AXES, "(-1,)", FALSE },
    { P_DIMS, "None", TRUE },
    { P_OBJECT, "{class_name: GlorotUniform, config: {seed: None}}", TRUE },
    { P_OBJECT, "GlorotUniform", TRUE },
    { P_OBJECT, "{class_name: GlorotUniform, config: {seed: 1}}", FALSE },
    { P_SEED, "None", TRUE },
    { P_SEED, "0", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (TnValue) value = value_of (values[i].text);

      g_assert_cmpint (tn_param_is_default (&test_params[values[i].param], value), ==,
                       values[i].is_default);
    }
  for (guint i = 0; i < N_P; i++)
    {
      g_autoptr (TnValue) fallback = tn_param_default (&test_params[i]);

      if (test_params[i].flags & TN_PARAM_REQUIRED)
        g_assert_null (fallback);
      else
        g_assert_true (tn_param_check (&test_params[i], fallback, NULL)
                       && tn_param_is_default (&test_params[i], fallback));
    }
  g_assert_cmpint (tn_schema_param (&test_full, "axis"), ==, P_AXES);
  g_assert_cmpint (tn_schema_param (&test_full, "axes"), ==, -1);
}

/* Croppings and paddings, and numbers that are one or many. */
static void
test_pairs_and_numbers (void)
{
  static const TnParam params[] = {
    { .name = "cropping", .kind = TN_PARAM_PAIRS, .length = 1 },
    { .name = "cropping", .kind = TN_PARAM_PAIRS, .length = 2 },
    { .name = "padding", .kind = TN_PARAM_PAIRS, .length = 2, .flags = TN_PARAM_NEGATIVE },
    { .name = "factor", .kind = TN_PARAM_NUMBERS, .length = 2, .minimum = -1, .maximum = 1 },
    { .name = "mean", .kind = TN_PARAM_NUMBERS, .flags = TN_PARAM_UNBOUNDED },
    { .name = "axes", .kind = TN_PARAM_AXES, .length = 2 },
    { .name = "axis", .kind = TN_PARAM_AXES, .flags = TN_PARAM_EMPTY },
  };
  static const struct
  {
    guint param;
    const char *text, *normal; /* NULL: refused */
  } values[] = {
    { 0, "2", "(2, 2)" },
    { 0, "(1, 2)", "(1, 2)" },
    { 0, "(1,)", NULL },
    { 0, "-1", NULL },
    { 0, "((1, 2), 3)", NULL },
    { 1, "2", "((2, 2), (2, 2))" },
    { 1, "(1, 2)", "((1, 1), (2, 2))" },
    { 1, "((1, 2), 3)", "((1, 2), (3, 3))" },
    { 1, "((1, 2), (-3, 3))", NULL },
    { 1, "((1, 2, 3), 3)", NULL },
    { 1, "(1, 2, 3)", NULL },
    { 1, "-1", NULL },
    { 1, "2.5", NULL },
    { 2, "-1", "-1" },
    { 2, "(-1, 1)", NULL },
    { 3, "0.5", "0.5" },
    { 3, "(-1, 1)", "(-1, 1)" },
    { 3, "(-1, 1.5)", NULL },
    { 3, "(0.1, 0.2, 0.3)", NULL },
    { 3, "((0.1, 0.2), (0.3, 0.4))", NULL },
    { 4, "((1, 2.5), (3, 4))", "((1, 2.5), (3, 4))" },
    { 4, "()", NULL },
    { 4, "'much'", NULL },
    { 5, "(2, 1)", "(2, 1)" },
    { 5, "(1, 1, 1)", NULL },
    { 6, "()", "()" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      const TnParam *param = &params[values[i].param];
      g_autoptr (TnValue) value = value_of (values[i].text);
      g_autoptr (TnValue) normal = tn_param_normalize (param, value);
      g_autofree char *message = NULL;
      g_autofree char *text = tn_value_to_text (normal);

      if (tn_param_check (param, value, &message) != (values[i].normal != NULL))
        g_error ("%s = %s: %s", param->name, values[i].text, message);
      if (values[i].normal != NULL)
        g_assert_cmpstr (text, ==, values[i].normal);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schema/check", test_check);
  g_test_add_func ("/schema/normalize", test_normalize);
  g_test_add_func ("/schema/default", test_default);
  g_test_add_func ("/schema/pairs-and-numbers", test_pairs_and_numbers);
  return g_test_run ();
}
