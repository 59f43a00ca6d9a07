/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's operations against what numpy says comes out: models of one layer, from a file of cases
 * that tests/numeric/operations.py makes. */
#include <math.h>
#include <string.h>

#include "../cases/tn-case-model.h"
#include "../cases/tn-cases.h"
#include "exec/tn-run.h"

#define TOLERANCE 1e-4

static double
number_of (const TnValue *value)
{
  if (tn_value_kind (value) != TN_VALUE_STRING)
    return tn_value_float (value);
  return g_ascii_strtod (tn_value_string (value), NULL);
}

static TnTensor *
tensor_of (const TnValue *entry)
{
  const TnValue *data = tn_value_lookup (entry, "data");
  TnTensor *tensor;
  TnShape shape;

  g_assert_true (tn_shape_from_value (tn_value_lookup (entry, "shape"), &shape));
  tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_assert_cmpuint (tn_value_size (data), ==, tn_tensor_elements (tensor));
  for (gsize i = 0; i < tn_value_size (data); i++)
    tn_tensor_floats (tensor)[i] = (float)number_of (tn_value_at (data, i));
  return tensor;
}

static gboolean
is_near (double got, double expected)
{
  if (isnan (expected) || isinf (expected))
    return isnan (expected) ? isnan (got) : got == expected;
  return fabs (got - expected) <= TOLERANCE * (1 + fabs (expected));
}

static void
compare (const TnRunOutput *got, TnTensor *expected, guint output)
{
  g_autofree char *one = tn_shape_to_text (&got->shape);
  g_autofree char *other = tn_shape_to_text (tn_tensor_shape (expected));

  g_assert_cmpstr (one, ==, other);
  for (gsize i = 0; i < tn_tensor_elements (expected); i++)
    if (!is_near (tn_tensor_floats (got->tensor)[i], tn_tensor_floats (expected)[i]))
      {
        g_test_message ("element %u of output %u is %.9g, not %.9g", (guint)i, output,
                        tn_tensor_floats (got->tensor)[i], tn_tensor_floats (expected)[i]);
        g_test_fail ();
        return;
      }
}

static void
test_case (gconstpointer data)
{
  const TnValue *entry = data;
  const TnValue *outputs = tn_value_lookup (entry, "outputs");
  const TnValue *given = tn_value_lookup (entry, "inputs");
  g_autofree char *text = tn_format_json (tn_value_lookup (entry, "model"), FALSE);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (TnGraph) graph = tn_format_parse (bytes, tn_case_string (entry, "id"), NULL, &error);
  g_autoptr (GHashTable) inputs
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref);
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (TnFacts) facts = NULL;
  g_autoptr (TnPlan) plan = NULL;
  g_autoptr (TnRunResult) result = NULL;

  g_assert_no_error (error);
  facts = tn_infer (graph, NULL, NULL);
  for (gsize i = 0; i < tn_value_size (given); i++)
    g_hash_table_insert (inputs, g_strdup_printf ("input_%u", (guint)i),
                         tensor_of (tn_value_at (given, i)));
  /* Inputs of operations need not agree on a batch: the model's own sizes are what they are. */
  options.inputs = inputs;
  options.samples = 0;
  options.batch = G_MAXINT32;
  options.keep_outputs = TRUE;
  plan = tn_plan_new (facts, &options, NULL, &error);
  result = plan != NULL ? tn_plan_run (plan, NULL, NULL, NULL, &error) : NULL;
  if (result == NULL)
    {
      g_test_message ("%s", error->message);
      g_test_fail ();
      return;
    }
  g_assert_cmpuint (result->outputs->len, ==, tn_value_size (outputs));
  for (guint i = 0; i < result->outputs->len; i++)
    {
      g_autoptr (TnTensor) expected = tensor_of (tn_value_at (outputs, i));

      compare (&g_array_index (result->outputs, TnRunOutput, i), expected, i);
    }
}

/* There is a case for each operation of the catalogue. */
static void
test_complete (gconstpointer data)
{
  const TnValue *cases = data;

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);
      gboolean found = layer->family != TN_FAMILY_OPERATIONS;

      for (gsize j = 0; !found && j < tn_value_size (cases); j++)
        found
            = g_strcmp0 (tn_case_string (tn_value_at (cases, j), "class"), layer->schema.type) == 0;
      if (!found)
        {
          g_test_message ("there is no case of %s", layer->schema.type);
          g_test_fail ();
        }
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValue) whole = NULL;
  const TnValue *cases;

  g_test_init (&argc, &argv, NULL);
  bytes = tn_cases_load ("tests/cases/operations.json.gz");
  whole = tn_format_json_parse (bytes, "operations.json", &error);
  g_assert_no_error (error);
  cases = tn_value_lookup (whole, "cases");
  g_test_add_data_func ("/operations/complete", cases, test_complete);
  for (gsize i = 0; i < tn_value_size (cases); i++)
    {
      const TnValue *entry = tn_value_at (cases, i);
      g_autofree char *path = g_strconcat ("/operations/", tn_case_string (entry, "id"), NULL);

      g_test_add_data_func (path, entry, test_case);
    }
  return g_test_run ();
}
