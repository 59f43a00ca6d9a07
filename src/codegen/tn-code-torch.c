/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PyTorch code: an nn.Module that takes and gives what the Keras model does, axis by axis. */
#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "codegen/tn-code-torch.h"

/* ---- tensors ---- */

static void
tensor_free (gpointer data)
{
  TnTorchTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor);
}

TnShape
tn_torch_shape (const TnTorchCall *call, guint slot)
{
  return tn_facts_input (call->facts, call->index, call->call, slot);
}

static char *
permuted (const char *text, int rank, gboolean to_moved)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s.permute(0, ", text);
  if (to_moved)
    g_string_append_printf (out, "%d, ", rank - 1);
  for (int axis = to_moved ? 1 : 2; axis < (to_moved ? rank - 1 : rank); axis++)
    g_string_append_printf (out, "%d%s", axis, axis + 1 < rank - to_moved || !to_moved ? ", " : "");
  g_string_append (out, to_moved ? ")" : "1)");
  return g_string_free (out, FALSE);
}

char *
tn_torch_back (const char *text, int rank)
{
  return rank > 2 ? permuted (text, rank, FALSE) : g_strdup (text);
}

char *
tn_torch_input (const TnTorchCall *call, guint slot, gboolean moved)
{
  const TnTorchTensor *tensor = call->inputs->pdata[slot];
  TnShape shape = tn_torch_shape (call, slot);

  if (shape.rank < 3 || tensor->moved == moved)
    return g_strdup (tensor->name);
  return permuted (tensor->name, shape.rank, moved);
}

/* ---- the program ---- */

typedef struct
{
  const TnFacts *facts;
  const TnGraph *graph;
  GString *init;
  GString *forward;
  GString *lost;        /* comments: settings that PyTorch has elsewhere */
  GPtrArray *arguments; /* of forward() */
  TnPythonNames *names; /* of forward()'s variables */
  TnPythonNames *members;
  GHashTable *tensors;    /* by reference → TnTorchTensor */
  GHashTable *layers;     /* index → member */
  GPtrArray *unsupported; /* "dot (Dot)" */
} Program;

static gint64
tensor_key (TnRef ref)
{
  return (gint64)((guint64)ref.node << 32 | (guint64)ref.call << 16 | ref.output);
}

static const TnTorchTensor *
find_tensor (Program *program, TnRef ref)
{
  gint64 key = tensor_key (ref);

  return g_hash_table_lookup (program->tensors, &key);
}

static const char *
add_tensor (Program *program, TnRef ref, const char *wish, gboolean moved)
{
  TnTorchTensor *tensor = g_new0 (TnTorchTensor, 1);
  gint64 *key = g_new (gint64, 1);

  *key = tensor_key (ref);
  tensor->name = tn_python_name (program->names, wish);
  tensor->moved = moved;
  g_hash_table_replace (program->tensors, key, tensor);
  return tensor->name;
}

/* How the weights start, and what punishes or bounds them in training, is no part of a module. */
static void
note_lost (Program *program, const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnParam *param = &schema->params[i];
      const TnValue *value = tn_node_get (node, i);
      g_autoptr (GString) name = NULL, text = NULL;

      if (param->kind != TN_PARAM_OBJECT || value == NULL || tn_param_is_default (param, value))
        continue;
      name = g_string_new (NULL);
      text = g_string_new (NULL);
      tn_python_append_string (name, tn_node_name (node));
      tn_python_append_value (text, value);
      g_string_append_printf (program->lost, "# Not carried over: %s of %s: %s\n", param->name,
                              name->str, text->str);
    }
}

static void
append_shape (GString *out, const TnFacts *facts, TnRef ref)
{
  TnShape shape = tn_facts_shape (facts, ref, NULL);
  g_autofree char *text = tn_shape_to_text (&shape);

  g_string_append_printf (out, "  # %s\n", text);
}

static void
define_module (Program *program, TnTorchCall *call)
{
  guint n_weights;

  tn_facts_weights (call->facts, call->index, &n_weights);
  g_string_append_printf (
      program->init, "        %s = %s%s\n", call->member, call->module,
      !tn_node_is_trainable (call->node) && n_weights > 0 ? ".requires_grad_(False)" : "");
  note_lost (program, call->node);
}

static void
collect_inputs (Program *program, TnTorchCall *call)
{
  for (guint slot = 0; slot < tn_node_n_inputs (call->node, call->call); slot++)
    {
      TnRef ref = tn_node_input (call->node, call->call, slot);
      gint64 key = tensor_key (ref);

      g_ptr_array_add (call->inputs, g_hash_table_lookup (program->tensors, &key));
    }
}

/* A shared layer is named once. */
static gboolean
was_refused (const Program *program, const TnNode *node)
{
  g_autofree char *text = g_strdup_printf ("%s (%s)", tn_node_name (node), tn_node_type (node));

  return g_ptr_array_find_with_equal_func (program->unsupported, text, g_str_equal, NULL);
}

/* What enters a group is another name of what comes: no line of code. */
static void
write_alias (Program *program, const TnNode *node, guint call)
{
  const TnTorchTensor *tensor = find_tensor (program, tn_node_input (node, call, 0));
  TnTorchTensor *alias = g_new0 (TnTorchTensor, 1);
  gint64 *key = g_new (gint64, 1);

  g_assert (tensor != NULL);
  *key = tensor_key ((TnRef){ tn_node_id (node), (guint16)call, 0 });
  alias->name = g_strdup (tensor->name);
  alias->moved = tensor->moved;
  g_hash_table_replace (program->tensors, key, alias);
}

static void
write_call (Program *program, TnGraphStep step)
{
  const TnNode *node = tn_graph_node (program->graph, step.index);
  const TnSchema *schema = tn_node_schema (node);
  const TnTorchLayer *layer
      = schema->opaque || schema->module != NULL ? NULL : tn_torch_layer (tn_node_type (node));
  TnRef ref = { tn_node_id (node), (guint16)step.call, 0 };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  TnTorchCall call = {
    .facts = program->facts, .node = node, .index = step.index, .call = step.call, .inputs = inputs
  };
  gpointer key = GUINT_TO_POINTER (step.index);
  gboolean is_first = !g_hash_table_contains (program->layers, key);
  gboolean said;

  if (tn_node_schema (node)->boundary)
    {
      write_alias (program, node, step.call);
      return;
    }
  if (is_first)
    {
      g_autofree char *name = tn_python_name (program->members, tn_node_name (node));

      g_hash_table_insert (program->layers, key, g_strdup_printf ("self.%s", name));
    }
  call.member = g_hash_table_lookup (program->layers, key);
  collect_inputs (program, &call);
  said = layer != NULL && layer->write (&call);
  if (!said)
    {
      /* What it feeds is judged all the same: all that cannot be said is told at once. */
      for (guint output = 0; output < tn_node_n_outputs (node); output++)
        {
          ref.output = (guint16)output;
          add_tensor (program, ref, tn_node_name (node), FALSE);
        }
      if (!was_refused (program, node))
        g_ptr_array_add (program->unsupported,
                         g_strdup_printf ("%s (%s)", tn_node_name (node), tn_node_type (node)));
    }
  else
    {
      if (call.module != NULL && is_first)
        define_module (program, &call);
      g_string_append_printf (program->forward, "        %s = %s",
                              add_tensor (program, ref, tn_node_name (node), call.moved),
                              call.result);
      if (call.moved)
        {
          TnShape shape = tn_facts_shape (program->facts, ref, NULL);

          if (shape.rank > 2)
            {
              TnDim last = shape.dims[shape.rank - 1];

              memmove (&shape.dims[2], &shape.dims[1], (gsize)(shape.rank - 2) * sizeof (TnDim));
              shape.dims[1] = last;
            }
          g_autofree char *text = tn_shape_to_text (&shape);

          g_string_append_printf (program->forward, "  # %s\n", text);
        }
      else
        append_shape (program->forward, program->facts, ref);
    }
  g_free (call.module);
  g_free (call.result);
}

static void
write_input (Program *program, const TnNode *node)
{
  TnRef ref = { tn_node_id (node), 0, 0 };
  const char *name = add_tensor (program, ref, tn_node_name (node), FALSE);
  g_autoptr (GString) comment = g_string_new (NULL);

  g_ptr_array_add (program->arguments, g_strdup (name));
  append_shape (comment, program->facts, ref);
  g_string_append_printf (program->forward, "        # %s: %s", name, comment->str + 4);
}

/* "ConvFlattenDense" out of "conv_flatten_dense". */
static char *
class_name (const char *model)
{
  g_autoptr (TnPythonNames) names = tn_python_names_new (NULL);
  g_autofree char *plain = tn_python_name (names, model);
  g_autoptr (GString) camel = g_string_new (NULL);
  static const char *const reserved[] = { "F", "Module", NULL };
  g_autoptr (TnPythonNames) taken = tn_python_names_new (reserved);
  gboolean up = TRUE;

  for (const char *c = plain; *c != '\0'; c++)
    if (*c == '_')
      up = TRUE;
    else
      {
        g_string_append_c (camel, up ? g_ascii_toupper (*c) : *c);
        up = FALSE;
      }
  return tn_python_name (taken, camel->str);
}

static void
write_return (Program *program)
{
  guint n_outputs;
  const TnRef *outputs = tn_graph_outputs (program->graph, &n_outputs);

  g_string_append (program->forward, "        return ");
  for (guint i = 0; i < n_outputs; i++)
    {
      const TnTorchTensor *tensor = find_tensor (program, outputs[i]);
      TnShape shape = tn_facts_shape (program->facts, outputs[i], NULL);
      g_autofree char *text = tensor == NULL  ? g_strdup ("None")
                              : tensor->moved ? tn_torch_back (tensor->name, shape.rank)
                                              : g_strdup (tensor->name);

      g_string_append_printf (program->forward, "%s%s", i > 0 ? ", " : "", text);
    }
  g_string_append_c (program->forward, '\n');
}

static gboolean
refuse (const GPtrArray *unsupported, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < unsupported->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", (char *)unsupported->pdata[i]);
  g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
               _ ("These layers cannot be written as PyTorch code with their settings: %s."),
               list->str);
  return FALSE;
}

static void
write_program (Program *program, GString *out)
{
  g_autofree char *name = class_name (tn_graph_name (program->graph));
  gboolean functions = strstr (program->forward->str, " F.") != NULL
                       || strstr (program->forward->str, "(F.") != NULL;

  g_string_append_printf (out, "import torch\n%sfrom torch import nn\n\n\n",
                          functions ? "import torch.nn.functional as F\n" : "");
  g_string_append (out, "# Data goes in and comes out with its axes as in Keras; in between, what "
                        "has channels\n# has them right behind the batch, as PyTorch wants it.\n");
  g_string_append (out, program->lost->str);
  g_string_append_printf (out,
                          "class %s(nn.Module):\n    def __init__(self):\n"
                          "        super().__init__()\n%s\n",
                          name, program->init->str);
  g_string_append (out, "    def forward(self");
  for (guint i = 0; i < program->arguments->len; i++)
    g_string_append_printf (out, ", %s", (char *)program->arguments->pdata[i]);
  g_string_append_printf (out, "):\n%s\n\nmodel = %s()\n", program->forward->str, name);
}

static gboolean
torch_write (const TnFacts *facts, GString *out, GError **error)
{
  static const char *const variables[]
      = { "self", "torch", "nn", "F", "len", "float", "super", "model", NULL };
  /* What a module is already called by. */
  static const char *const attributes[] = { "training",
                                            "forward",
                                            "train",
                                            "eval",
                                            "type",
                                            "float",
                                            "double",
                                            "half",
                                            "to",
                                            "cuda",
                                            "cpu",
                                            "apply",
                                            "modules",
                                            "children",
                                            "buffers",
                                            "parameters",
                                            "state_dict",
                                            "compile",
                                            "bfloat16",
                                            "xpu",
                                            "ipu",
                                            "zero_grad",
                                            "add_module",
                                            "extra_repr",
                                            "to_empty",
                                            "mtia",
                                            "share_memory",
                                            "load_state_dict",
                                            "register_module",
                                            "register_buffer",
                                            "register_parameter",
                                            "get_parameter",
                                            "get_buffer",
                                            "get_submodule",
                                            "set_submodule",
                                            "named_modules",
                                            "named_children",
                                            "named_buffers",
                                            "named_parameters",
                                            "dump_patches",
                                            "call_super_init",
                                            "T_destination",
                                            "get_extra_state",
                                            "set_extra_state",
                                            NULL };
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (GString) init = g_string_new (NULL), forward = g_string_new (NULL),
                      lost = g_string_new (NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) unsupported = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TnPythonNames) names = tn_python_names_new (variables);
  g_autoptr (TnPythonNames) members = tn_python_names_new (attributes);
  g_autoptr (GHashTable) tensors
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, tensor_free);
  g_autoptr (GHashTable) layers = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Program program = { facts, graph,   init,    forward, lost,       arguments,
                      names, members, tensors, layers,  unsupported };

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);

      if (tn_node_schema (node)->keras && tn_node_is_source (node))
        write_input (&program, node);
    }
  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      const TnSchema *schema = tn_node_schema (tn_graph_node (graph, step.index));

      if (schema->keras && schema->max_inputs > 0)
        write_call (&program, step);
    }
  if (unsupported->len > 0)
    return refuse (unsupported, error);
  write_return (&program);
  write_program (&program, out);
  return TRUE;
}

const TnCodeTarget tn_code_torch = {
  .name = "torch-code",
  .ending = "py",
  .label = N_ ("PyTorch code"),
  .needs_sound = TRUE,
  .write = torch_write,
};
