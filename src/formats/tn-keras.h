/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model file between its JSON tree and its graph; private to the room. */
#pragma once

#include "formats/tn-format.h"
#include "formats/tn-json.h"
#include "graph/tn-call.h"
#include "graph/tn-silence.h"

G_BEGIN_DECLS

/* More calls of one layer, or more tensors into one call, are refused. */
#define TN_KERAS_MAX_CALLS  10000
#define TN_KERAS_MAX_INPUTS 10000
/* Longer layer names are refused. */
#define TN_KERAS_MAX_NAME 1000
/* A box farther out is refused, in document units. */
#define TN_KERAS_MAX_POSITION 1e7
/* Of the "tenon" block. */
#define TN_KERAS_VERSION 1

#define TN_KERAS_OUTER TN_EXTRAS_OUTER
#define TN_KERAS_CALLS TN_EXTRAS_CALLS

typedef struct _TnFileLayer TnFileLayer;

/* A tensor as a file names it. */
typedef struct
{
  const char *name;    /* borrowed from the tree; NULL: @source is known, or nothing is wired */
  TnFileLayer *source; /* borrowed; NULL: nothing is wired */
  guint call;
  guint output;
} TnFileRef;

/* One entry of a file's list of layers. */
struct _TnFileLayer
{
  /* owned */
  GArray *refs; /* of TnFileRef: the inputs of all calls */
  GArray *ends; /* of guint: for each call where in @refs its inputs end */
  GPtrArray
      *kwargs; /* of TnValue: for each call a dict, see tn-call.h; NULL while none is needed */
  TnValue *settings; /* dict: the parameters that the calls set; NULL while there is no call */
  TnGraph *model;    /* of a model within the model; NULL: an ordinary layer */

  /* borrowed from the tree, or from the reader's strings */
  const char *name;
  const TnSchema *schema; /* NULL: not supported */
  const TnValue *entry;   /* the outer dict; NULL for an InputLayer that the file only implies */
  const TnValue *config;
  const TnValue *input_shape; /* of an implied InputLayer */

  /* state */
  gint64 index;     /* where it is to stand among the layers; -1: does not matter */
  guint first_call; /* number of calls of all layers before it */
  guint n_outputs;  /* as many as are used */
  TnNodeId id;
};

/* One call of one layer of a file. */
typedef struct
{
  TnFileLayer *layer; /* borrowed */
  guint call;
} TnFileCall;

/* What is known while a file is read. */
typedef struct
{
  /* borrowed */
  const char *place;
  GError **error;

  /* owned */
  GPtrArray *layers;      /* of TnFileLayer, in order */
  GHashTable *by_name;    /* name → TnFileLayer */
  GPtrArray *unsupported; /* of char *: "'a' (LSTM)" */
  GHashTable *masks;      /* names of entries that only make masks again which Keras makes itself */
  GPtrArray *strings;     /* names made here */
  GArray *calls;          /* of TnFileCall: what is used before what uses it */
  TnDraft *draft;

  /* state */
  gboolean is_tenon;
  guint depth; /* of the model within models */
} TnReader;

/* Sets TN_ERROR_SYNTAX: "FILE cannot be opened: …" and returns FALSE. @format: a translated
 * sentence but for its capital letter. */
gboolean tn_reader_fail (TnReader *reader, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Notes one thing that this version does not support. */
void tn_reader_unsupported (TnReader *reader, const char *name, const char *what);

/* Shorthand: the string under @key, or NULL. */
const char *tn_keras_string (const TnValue *dict, const char *key);
/* Is @value ["name", node, tensor] or that with a dict behind? */
gboolean tn_keras_is_ref (const TnValue *value);
/* Reads such a value; FALSE after having failed. */
gboolean tn_keras_read_ref (TnReader *reader, const char *where, const TnValue *value,
                            TnFileRef *ref);

/* ---- tn-keras-nodes.c ---- */

/* Fills refs, ends, kwargs and settings of @layer from `inbound_nodes`, as Keras 3 or as Keras 2
 * writes them. An operation with arguments that its kind does not know becomes opaque.
 * @loose: null stands for an input that nothing is wired to. */
gboolean tn_keras_read_nodes (TnReader *reader, TnFileLayer *layer, const TnValue *nodes,
                              gboolean loose);
/* The tensor of Keras 3's that @value is, its config; NULL when it is something else. */
const TnValue *tn_keras_tensor (const TnValue *value);

/* ---- tn-keras-masks.c ---- */

/* Names the operations among @layers that Keras puts into a model by itself when an Embedding or a
 * Masking makes a mask, and that it makes again when the model is loaded. New, of borrowed names.
 */
GHashTable *tn_keras_find_masks (const TnValue *layers, const TnValue *output_layers);

/* ---- tn-keras-calls.c ---- */

/* Where the shapes of tensors are known. */
typedef struct
{
  const TnFacts *facts;
  const char *prefix; /* of what is written, in the names of the layers there: "encoder/" */
} TnKerasShapes;

/* Is there a call in @graph that Keras 2's form of a node cannot say? */
gboolean tn_keras_needs_arguments (const TnGraph *graph);
/* All calls of @node. @shapes NULL: in Keras 2's form, which all versions read, empty slots as
 * null; else in Keras 3's. */
TnValue *tn_keras_write_nodes (const TnGraph *graph, const TnNode *node,
                               const TnKerasShapes *shapes);
/* ["name", call, output] or, with @kwargs, that and @kwargs behind. */
TnValue *tn_keras_write_ref (const TnGraph *graph, TnRef ref, const TnValue *kwargs);

/* ---- tn-keras-opaque.c ---- */

/* The same as tn_keras_read_entry() and tn_keras_write_config() for layers of an opaque kind. */
void tn_keras_read_opaque (TnReader *reader, TnFileLayer *layer);
TnValue *tn_keras_write_opaque_config (const TnNode *node);
/* What Tenon notes at such a layer beside @notes (NULL: none); NULL when there is nothing. */
TnValue *tn_keras_write_opaque_notes (const TnGraph *graph, const TnNode *node,
                                      const TnValue *notes);

/* ---- tn-keras-config.c ---- */

/* Tells the draft's node what the entry's config and outer dict say. */
gboolean tn_keras_read_entry (TnReader *reader, TnFileLayer *layer);
/* The parameter that @name is, or was in Keras 2 where @config does not have its name of today; -1:
 * none. */
int tn_keras_find_param (const TnSchema *schema, const TnValue *config, const char *name);
/* A layer's config: its name and what is not at its default. @keras_3: in its own words where Keras
 * 2 has others. */
TnValue *tn_keras_write_config (const TnNode *node, gboolean keras_3);

/* The type that a string or a plain dtype policy names; NULL when it is something else. */
const char *tn_keras_dtype (const TnValue *value);
/* @value in the spelling that @param's schema knows; a new reference. */
TnValue *tn_keras_read_value (TnReader *reader, const TnParam *param, const TnValue *value);

/* ---- tn-keras-inner.c ---- */

/* A layer within a layer, or a list of such, less what holds without being said; new reference. */
TnValue *tn_keras_read_layers (TnReader *reader, const TnValue *value);
/* Drops the layer for the way back that Keras made itself from the one that goes forth. */
void tn_keras_forget_derived (TnReader *reader, const TnFileLayer *layer);
/* What stands in a file for @value of @param (NULL: of none); new reference. */
TnValue *tn_keras_write_value (const TnParam *param, const TnValue *value);

/* ---- tn-keras-symbols.c ---- */

/* @value for a config: null where a size has a name. A new reference. */
TnValue *tn_keras_without_symbols (const TnParam *param, const TnValue *value);
/* Adds the names, if there are any, to a layer's outer dict; gives them back to the draft's node.
 */
void tn_keras_write_symbols (TnPairs *entry, const TnNode *node);
void tn_keras_read_symbols (TnReader *reader, const TnFileLayer *layer);
/* What else stands in the outer dict's "tenon", to be kept; NULL when nothing does. */
TnValue *tn_keras_beside_symbols (const TnValue *block);

/* ---- tn-keras-wire.c ---- */

/* Finds what the refs name, refuses cycles and fills reader->calls. */
gboolean tn_keras_resolve (TnReader *reader);
/* Adds calls and wires to the draft, whose nodes are there. */
gboolean tn_keras_wire (TnReader *reader);

/* ---- tn-keras-block.c ---- */

/* Can this version read the "tenon" block at all? */
gboolean tn_keras_check_version (TnReader *reader, const TnValue *block);
/* What concerns the draft whose layers are there, but for where they stand. Adds to @extras what is
 * not known. */
gboolean tn_keras_read_block (TnReader *reader, const TnValue *block, TnPairs *extras);
gboolean tn_keras_read_positions (TnReader *reader, const TnValue *block);

/* ---- tn-keras-groups.c ---- */

/* Is the entry of a list of layers a model itself? */
gboolean tn_keras_is_model (const TnValue *entry);
/* Reads such an entry's graph. TRUE also where it uses what is not supported, which is noted. */
gboolean tn_keras_read_inner (TnReader *reader, TnFileLayer *layer);
/* Tells the draft's node what such an entry says. */
void tn_keras_add_inner (TnReader *reader, TnFileLayer *layer);
/* Makes the calls that refs name count from 0: the names of all layers are known. */
void tn_keras_count_calls (TnReader *reader, GArray *outputs);
/* Exchanges the models of the draft for their layers. */
gboolean tn_keras_unfold (TnReader *reader);
/* The "tenon" block's word on groups: those that are not wired as a model would be, before their
 * layers are added; and, when all layers are there, what they put out and which are closed. */
gboolean tn_keras_read_groups (TnReader *reader, const TnValue *block);
gboolean tn_keras_finish_groups (TnReader *reader, const TnValue *block);
TnValue *tn_keras_write_groups (const TnGraph *graph, const TnGraph *folded);

/* ---- tn-keras-pins.c ---- */

/* Finishes the draft of a plain Keras file, in which every layer's build_config is a pin so far:
 * only those stay for which the kernels would be other ones than what arrives asks for. */
TnGraph *tn_keras_keep_stale_pins (TnDraft *draft);

/* ---- tn-keras-read.c, tn-keras-write.c ---- */

/* By index: is the layer, or one it depends on, not fully wired? Keras cannot load such, so they
 * stand in the "tenon" block. */
guint8 *tn_keras_loose (const TnGraph *graph);

/* What `input_layers` or `output_layers` of the graph's file says, as a plain list. */
TnValue *tn_keras_write_ends (const TnGraph *graph, gboolean outputs);
/* Does @structure, a dict or nested lists, name the tensors of @list in the same order? */
gboolean tn_keras_same_tensors (const TnValue *structure, const TnValue *list);

/* The model that an entry of a list of layers is; NULL after having failed or noted something as
 * not supported. */
TnGraph *tn_keras_read_within (TnReader *outer, const TnValue *entry);
/* @part: it stands within another one's "tenon" block. */
TnGraph *tn_keras_read (const TnValue *root, const char *place, gboolean part, TnFormat *format,
                        GError **error);

/**
 * TnKerasExtent:
 * @TN_KERAS_PLAIN: what counts, for Keras
 * @TN_KERAS_FULL: that with a "tenon" block, which holds what does not count as well
 * @TN_KERAS_PART: @graph as if all of it counted, with a "tenon" block: what stands in such a block
 */
typedef enum
{
  TN_KERAS_PLAIN,
  TN_KERAS_FULL,
  TN_KERAS_PART,
} TnKerasExtent;

TnValue *tn_keras_write (const TnGraph *graph, TnKerasExtent extent);

/* ---- tn-keras-whole.c ---- */

/* @block, of @graph as it counts, which @config says, with the model with what does not, where
 * there is such. A new reference. */
TnValue *tn_keras_with_whole (const TnValue *block, const TnValue *config, const TnGraph *graph);
/* The graph that a file with this block stands for, @graph being what @config and the rest of the
 * block say. A new reference; NULL when it cannot be read. */
TnGraph *tn_keras_read_whole (const TnValue *block, const TnValue *config, const TnGraph *graph,
                              const char *place, GError **error);

G_END_DECLS
