/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnDocument: an open model with its history; everything changes it through one door. */
#pragma once

#include <gio/gio.h>

#include "formats/tn-format.h"
#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* Of tn_edit_align: by these sides, or the middles. */
typedef enum
{
  TN_ALIGN_LEFT,
  TN_ALIGN_CENTER, /* along a vertical line */
  TN_ALIGN_RIGHT,
  TN_ALIGN_TOP,
  TN_ALIGN_MIDDLE, /* along a horizontal line */
  TN_ALIGN_BOTTOM,
} TnAlignment;

/* A wire, by the input that it ends in. */
typedef struct
{
  TnNodeId node;
  guint call;
  guint slot;
} TnWireEnd;

/**
 * TnEditArgs:
 *
 * What edits are told; each edit documents the members that it reads. Ids as in the document's
 * graph.
 */
typedef struct
{
  const TnNodeId *nodes;
  guint n_nodes;
  const TnWireEnd *wires;
  guint n_wires;
  const double *places; /* x and y for each of wires */
  TnNodeId node;
  guint call;
  guint slot;
  TnRef ref;
  const TnSchema *schema;
  guint param;
  const TnValue *value;
  const char *text;
  const char *group; /* the whole name of a group */
  double x, y;
  double width, height;
  guint times;
  const TnShape *shape;
  TnDenseInputs dense_inputs;
  TnAlignment alignment;
  const TnGraph *graph;
  const TnGraph *base;
  guint64 merge; /* nonzero: merges with the step before it if that had the same edit and number */
  TnNodeId *created; /* out, may be NULL */
} TnEditArgs;

/**
 * TnEdit:
 * @name: "add-layer"
 * @label: N_("Add %s"): the step in the list of all steps; %s is the subject
 * @undo: N_("Undo Add %s"): the whole phrase of the undo menu; %s is the subject
 * @redo: the same for the redo menu
 * @apply: the graph that follows @graph, or NULL when refused, with the reasons in @report;
 *     @subject gets what it was done to: a layer's name, "3 layers"
 *
 * A kind of edit: static const data.
 */
typedef struct
{
  const char *name;
  const char *label;
  const char *undo;
  const char *redo;
  TnGraph *(*apply) (const TnGraph *graph, const TnEditArgs *args, TnReport *report,
                     char **subject);
} TnEdit;

/* schema, x, y; ref, when set, is wired to its first input where that is possible; created */
extern const TnEdit tn_edit_add;
/* schema, x, y: fed with ref, else with the first output of each of nodes, else with nothing; its
 * first output goes to node/call/slot, unless node is none; shape: of data that enters by it, NULL
 * the usual one. Where a wire is impossible it is refused. What tells its inputs apart gets ref as
 * all that it needs. created */
extern const TnEdit tn_edit_attach;
/* graph: a block as tn_block_fit() makes it, text: what it is called; x, y: of its first layers;
 * ref: what its first input takes, if any; node/call/slot: where its first output goes, unless node
 * is none. What stands too close moves aside. created: the first */
extern const TnEdit tn_edit_block;
/* schema, x, y, node/call/slot of the wire's end; what stands too close moves aside; created */
extern const TnEdit tn_edit_add_on_wire;
/* wires[0]; nodes: existing layers, put between its ends: one, or several that are wired only among
 * themselves and have one loose end; x, y: by how much they are moved before. What stands too close
 * moves aside. */
extern const TnEdit tn_edit_splice;
extern const TnEdit tn_edit_remove; /* nodes */
/* nodes; what used them uses what fed them. Refused (code "wire") where several tensors fed
 * them, so that it is not plain which goes on. */
extern const TnEdit tn_edit_remove_healing;
/* nodes; the same, but they stay in the model, wired to nothing but one another. */
extern const TnEdit tn_edit_take_out;
extern const TnEdit tn_edit_detach;    /* nodes: all their wires are taken away */
extern const TnEdit tn_edit_move;      /* nodes; x, y: by how much */
extern const TnEdit tn_edit_rename;    /* node, text */
extern const TnEdit tn_edit_set;       /* node, param, value (NULL: default) */
extern const TnEdit tn_edit_trainable; /* node, value (bool) */
/* What is no layer (layers/tn-remarks.h). x, y: its middle; text; width; created */
extern const TnEdit tn_edit_add_comment;
extern const TnEdit tn_edit_add_frame;     /* the same and height */
extern const TnEdit tn_edit_resize_remark; /* node; x, y: its middle; width, height */
/* wires; places, or x, y: a knot in each of them. Those of one source that end in one group share
 * theirs, in the middle of their places. created: the last */
extern const TnEdit tn_edit_add_knot;
extern const TnEdit tn_edit_add_knots; /* the same, called by its plural */
/* nodes: they hand their first input through; are as if not there; count again (graph/tn-active.h).
 * Refused when none of them can. */
extern const TnEdit tn_edit_bypass;
extern const TnEdit tn_edit_disable;
extern const TnEdit tn_edit_activate;
/* nodes; text: the name of a parameter, or "trainable"; value (NULL: default): for all of them that
 * have one of that name. Refused when any of them refuses. */
extern const TnEdit tn_edit_set_many;
extern const TnEdit tn_edit_pin; /* node, shape (NULL: no longer pinned) */
/* ref → node, call, slot (replaces what is wired there) */
extern const TnEdit tn_edit_connect;
extern const TnEdit tn_edit_disconnect; /* node, call, slot */
extern const TnEdit tn_edit_cut_wires;  /* wires: all of them are taken away */
/* wires[0]; node, call, slot: where it is to end instead. On another input of the same layer that
 * is taken, the two wires change places. */
extern const TnEdit tn_edit_rewire;
extern const TnEdit tn_edit_swap_inputs; /* node, call: its first two inputs change places */
/* schema; ref; node, call, slot: a new layer of that kind is put into the wire that ends there, and
 * joins @ref to it; created */
extern const TnEdit tn_edit_merge;
/* nodes, in this order: the first output of each is wired into the next */
extern const TnEdit tn_edit_chain;
/* nodes; x, y: offset; wires among them are copied; created: the first */
extern const TnEdit tn_edit_duplicate;
/* The same; the copies are also wired to what feeds the layers from elsewhere. */
extern const TnEdit tn_edit_duplicate_wired;
extern const TnEdit tn_edit_cut; /* nodes */
/* graph: a fragment (tn-fragment.h) or another model; x, y: where its middle goes, or a little
 * aside where it would hide something; created: the first. Stand-ins are left out. */
extern const TnEdit tn_edit_paste;
/* nodes; alignment */
extern const TnEdit tn_edit_align;
/* nodes; alignment: CENTER makes the gaps side by side equal, MIDDLE those above each other */
extern const TnEdit tn_edit_distribute;
extern const TnEdit tn_edit_dense_inputs; /* dense_inputs */
extern const TnEdit tn_edit_rename_model; /* text */
/* node, text: the code of the warnings that are not to be told there, or are to be told again */
extern const TnEdit tn_edit_silence;
extern const TnEdit tn_edit_unsilence;
/* graph: the result of tn_layout() or tn_layout_arrange(): positions and direction are taken over
 */
extern const TnEdit tn_edit_arrange;
/* graph: the result of a fix, base: what it was made from. Positions that changed meanwhile are
 * kept; refused (code "stale") when the model's meaning has changed since. text: the label. */
extern const TnEdit tn_edit_fix;

/* group, value (bool): shows its members, or one box; what is around makes room */
extern const TnEdit tn_edit_open_group;
/* nodes; text: its name, NULL an automatic one. What enters them becomes the group's inputs, what
 * leaves them its outputs; inputs and labels of the model stay outside. */
extern const TnEdit tn_edit_group;
/* group, or nodes as for tn_edit_group; times: so many copies in a chain, in a group of their own,
 * or another number of them where the group is one of copies (graph/tn-repeat.h) */
extern const TnEdit tn_edit_repeat;
/* nodes: their twins in the other copies get the same settings */
extern const TnEdit tn_edit_apply_to_all;
#define TN_REPEAT_MOST 999
extern const TnEdit tn_edit_ungroup;      /* group */
extern const TnEdit tn_edit_rename_group; /* group, text */
/* graph: another model; text: the name of the group that it becomes; x, y: where. Where the model
 * has one output that nobody uses and the other one input, they are wired. created: the first of
 * its inputs */
extern const TnEdit tn_edit_insert_model;

/* Groups of more layers than these are closed until somebody opens them. */
#define TN_GROUP_MOST_OPEN 12

#define TN_TYPE_DOCUMENT (tn_document_get_type ())
G_DECLARE_FINAL_TYPE (TnDocument, tn_document, TN, DOCUMENT, GObject)

/**
 * TnDocument:
 *
 * Signals: "changed" (the graph or the selection is another one; a guint of TnDocumentChange).
 * Properties (notify): "can-undo", "can-redo", "modified", "title", "path".
 */
typedef enum
{
  TN_CHANGE_GRAPH = 1 << 0, /* its meaning */
  TN_CHANGE_POSITIONS = 1 << 1,
  TN_CHANGE_SELECTION = 1 << 2,
} TnDocumentChange;

/* A new, empty document called "Untitled". */
TnDocument *tn_document_new (void);
/* The same, in which Dense takes what @rule says. */
TnDocument *tn_document_new_with_rule (TnDenseInputs rule);
/* Reads @path; layers without a place get one. A model out of a picture has no path of its own: it
 * is saved elsewhere. Errors as tn_format_read(). */
TnDocument *tn_document_open (const char *path, GError **error);
/* A copy of an example or template: untitled, not modified, without a path. */
TnDocument *tn_document_new_from_graph (const TnGraph *graph, const char *title);
/* What was kept of @path (NULL: never saved) in a crash: it differs from what is in the file. */
TnDocument *tn_document_new_recovered (const TnGraph *graph, const char *path, const char *title);

/* Borrowed; valid until the next change. */
const TnGraph *tn_document_graph (TnDocument *self);
/* Grows with every new graph value, also by undo. */
guint64 tn_document_generation (TnDocument *self);

/* The one door. FALSE: refused, nothing changed, reasons in @report. An edit that changes nothing
 * returns TRUE and adds no step. New layers become the selection. */
gboolean tn_document_apply (TnDocument *self, const TnEdit *edit, const TnEditArgs *args,
                            TnReport *report);

gboolean tn_document_can_undo (TnDocument *self);
gboolean tn_document_can_redo (TnDocument *self);
/* "Undo Add conv2d": translated, new string, NULL when there is nothing. */
char *tn_document_undo_label (TnDocument *self);
char *tn_document_redo_label (TnDocument *self);
void tn_document_undo (TnDocument *self);
void tn_document_redo (TnDocument *self);
/* How many steps are kept, those that were undone included, and how many are done now. */
guint tn_document_n_steps (TnDocument *self);
guint tn_document_n_done (TnDocument *self);
/* "Add conv2d": what step @number was, 0 the first that is kept; translated. New string. */
char *tn_document_step_label (TnDocument *self, guint number);
/* Undoes or redoes, as one change, until @n_done steps are done. */
void tn_document_travel (TnDocument *self, guint n_done);
/* A number for TnEditArgs.merge that no other gesture has. */
guint64 tn_document_new_merge (TnDocument *self);

/* Selection: follows undo, is no step of its own. A closed group is selected as a whole. Of
 * TnNodeId, sorted, borrowed. */
const GArray *tn_document_selection (TnDocument *self);
/* The group all of whose layers, and nothing else, are selected; NULL: none. Borrowed as the
 * graph. */
const TnGroup *tn_document_selected_group (TnDocument *self);
/* Opens the closed groups around @node, as edits of their own. */
void tn_document_uncover (TnDocument *self, TnNodeId node);
/* Selects all that is within. */
void tn_document_select_group (TnDocument *self, const TnGroup *group);
gboolean tn_document_is_selected (TnDocument *self, TnNodeId node);
void tn_document_select (TnDocument *self, const TnNodeId *nodes, guint n_nodes);
void tn_document_select_one (TnDocument *self, TnNodeId node, gboolean toggle);

const char *tn_document_path (TnDocument *self); /* NULL: never saved */
/* File name, or "Untitled", or the example's title. Borrowed. */
const char *tn_document_title (TnDocument *self);
gboolean tn_document_is_modified (TnDocument *self);
/* @path NULL: where it came from. The document then is that file. */
gboolean tn_document_save (TnDocument *self, const char *path, GError **error);

G_END_DECLS
