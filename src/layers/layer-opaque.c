/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lambda, and the classes that the catalogue does not know: nothing can be told of what they do,
 * but for a shape that somebody states. */
#include "graph/tn-call.h"
#include "layers/tn-opaque.h"
#include "layers/tn-params.h"

/* What a Lambda's shape lacks, the batch, comes from what arrives. */
static TnShape
with_batch (TnRule *rule, TnShape shape)
{
  TnShape whole = { .rank = MIN (shape.rank + 1, TN_MAX_RANK) };

  whole.dims[0] = tn_dim (TN_DIM_UNKNOWN);
  if (tn_rule_n_inputs (rule) > 0 && tn_rule_has_input (rule, 0))
    {
      TnShape input = tn_rule_input (rule, 0);

      if (input.rank > 0)
        whole.dims[0] = input.dims[0];
    }
  for (int axis = 1; axis < whole.rank; axis++)
    whole.dims[axis] = shape.dims[axis - 1];
  return whole;
}

/* The shape stated for output @output; FALSE when none is. */
static gboolean
stated_shape (const TnNode *node, guint output, TnShape *shape)
{
  const TnValue *value = tn_node_get (node, TN_OPAQUE_OUTPUT_SHAPE);
  const TnValue *first;

  if (value == NULL || tn_value_kind (value) != TN_VALUE_LIST)
    return FALSE;
  first = tn_value_size (value) > 0 ? tn_value_at (value, 0) : NULL;
  if (first == NULL || tn_value_kind (first) != TN_VALUE_LIST)
    return output == 0 && tn_shape_from_value (value, shape);
  return output < tn_value_size (value) && tn_shape_from_value (tn_value_at (value, output), shape);
}

static gboolean
is_lambda (const TnNode *node)
{
  return tn_layer_of (node) != tn_layer_opaque ();
}

static void
opaque_shapes (TnRule *rule)
{
  const TnNode *node = tn_rule_node (rule);
  guint n_outputs = tn_node_n_outputs (node), n_stated = 0;
  gboolean told = FALSE;
  TnShape shape;

  for (guint output = 0; output < n_outputs; output++)
    n_stated += stated_shape (node, output, &shape);
  for (guint output = 0; output < n_outputs; output++)
    {
      if (!stated_shape (node, output, &shape))
        {
          TnIssue *issue
              = told ? NULL
                     : tn_rule_issue (rule, TN_SEVERITY_WARNING, "cannot-tell", -1,
                                      _ ("What %s puts out cannot be told, because what a %s does "
                                         "is written in Python; "
                                         "state its output shape, and what comes after it can be."),
                                      tn_node_name (node), tn_node_type (node));
          if (issue != NULL)
            issue->param = tn_node_schema (node)->params[TN_OPAQUE_OUTPUT_SHAPE].name;
          told = TRUE;
          if (n_stated == 0)
            break;
          shape = tn_shape_none ();
          tn_rule_suppose (rule, &shape);
          continue;
        }
      if (!is_lambda (node))
        {
          tn_rule_suppose (rule, &shape);
          continue;
        }
      shape = with_batch (rule, shape);
      tn_rule_output (rule, &shape);
    }
  tn_rule_macs (rule, tn_dim (TN_DIM_UNKNOWN));
}

static guint
opaque_outputs (const TnNode *node)
{
  return (guint)CLAMP (tn_node_int (node, TN_OPAQUE_OUTPUTS), 1, TN_MAX_OUTPUTS);
}

static const char *
opaque_class (const TnNode *node)
{
  const TnValue *extras = tn_node_extras (node);
  const TnValue *outer = extras != NULL ? tn_value_lookup (extras, TN_EXTRAS_OUTER) : NULL;
  const TnValue *name = outer != NULL ? tn_value_lookup (outer, "class_name") : NULL;

  return name != NULL && tn_value_kind (name) == TN_VALUE_STRING ? tn_value_string (name)
                                                                 : tn_node_schema (node)->type;
}

static char *
opaque_brief (const TnNode *node)
{
  TnShape shape;

  if (!stated_shape (node, 0, &shape))
    return g_strdup (_ ("cannot tell what it puts out"));
  return g_strdup (_ ("output shape as stated"));
}

#define OUTPUTS_PARAM                                                                              \
  {                                                                                                \
    .name = "outputs", .label = N_ ("Outputs"), .kind = TN_PARAM_INT, .flags = TN_PARAM_ADVANCED,  \
    .minimum = 1, .maximum = TN_MAX_OUTPUTS, .fallback = TN_DEFAULT_INT (1),                       \
    .help = N_ ("How many tensors a call of the layer puts out.")                                  \
  }

static const TnParam opaque_params[TN_OPAQUE_N_PARAMS] = {
  [TN_OPAQUE_OUTPUTS] = OUTPUTS_PARAM,
  [TN_OPAQUE_OUTPUT_SHAPE] = { .name = "output_shape",
                               .label = N_ ("Output shape"),
                               .kind = TN_PARAM_DIMS,
                               .flags = TN_PARAM_OPTIONAL | TN_PARAM_LIST,
                               .fallback = TN_DEFAULT_NONE,
                               .help = N_ ("What comes out, batch included, as you know it: "
                                           "(None, 28, 28, 1); a list of such where several "
                                           "tensors do.") },
};

static const TnParam lambda_params[TN_OPAQUE_N_PARAMS] = {
  [TN_OPAQUE_OUTPUTS] = OUTPUTS_PARAM,
  [TN_OPAQUE_OUTPUT_SHAPE] = { .name = "output_shape",
                               .label = N_ ("Output shape"),
                               .kind = TN_PARAM_DIMS,
                               .flags = TN_PARAM_OPTIONAL | TN_PARAM_LIST,
                               .fallback = TN_DEFAULT_NONE,
                               .help = N_ ("What the function puts out, without the batch: "
                                           "(28, 28, 1).") },
};

static const char *const opaque_input_names[] = { N_ ("input"), NULL };

static const TnLayerExample opaque_examples[] = {
  { "output_shape=(None, 5)", "(None, 3)", "(None, 5)", NULL },
  { "output_shape=(7, None, 2)", "(None, 3)", "(7, None, 2)", NULL },
  { NULL },
};

static const TnLayerExample lambda_examples[] = {
  { "output_shape=(5,)", "(8, 3)", "(8, 5)", NULL },
  { "output_shape=(None, 2)", "(None, 3)", "(None, None, 2)", NULL },
  { NULL },
};

/* clang-format off */
static const TnLayer layer_opaque = {
  .schema = { .type = "Layer", .auto_name = "layer", .params = opaque_params,
              .n_params = TN_OPAQUE_N_PARAMS, .min_inputs = 1, .max_inputs = G_MAXUINT,
              .n_outputs = 1, .outputs = opaque_outputs, .input_names = opaque_input_names,
              .keras = TRUE, .opaque = TRUE, .class_of = opaque_class },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Layer of a class of its own"),
  .summary = N_ ("A layer that somebody wrote: kept as its file has it; what it does cannot be told."),
  .keywords = N_ ("custom class python own unknown"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = opaque_shapes, .brief = opaque_brief, .examples = opaque_examples,
  .hidden = TRUE, .tells_alone = TRUE,
};

static const TnLayer layer_lambda = {
  .schema = { .type = "Lambda", .auto_name = "lambda", .params = lambda_params,
              .n_params = TN_OPAQUE_N_PARAMS, .min_inputs = 1, .max_inputs = G_MAXUINT,
              .n_outputs = 1, .outputs = opaque_outputs, .input_names = opaque_input_names,
              .keras = TRUE, .opaque = TRUE },
  .family = TN_FAMILY_CORE,
  .label = N_ ("Lambda"),
  .summary = N_ ("Applies a Python function, which is kept as its file has it."),
  .keywords = N_ ("function python custom own"),
  .icon = "tenon-layer-activation-symbolic",
  .shapes = opaque_shapes, .brief = opaque_brief, .examples = lambda_examples,
  .hidden = TRUE,
};
/* clang-format on */

const TnLayer *
tn_layer_opaque (void)
{
  return &layer_opaque;
}

gboolean
tn_layer_is_opaque (const TnLayer *layer)
{
  return layer->schema.opaque;
}

const TnLayer *const tn_layers_opaque[] = { &layer_lambda, NULL };
