/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnGroup: layers put together under one name, a model within the model. */
#pragma once

#include "graph/tn-node.h"

G_BEGIN_DECLS

/* Immutable and atomically counted: may cross threads. Its members are the nodes whose name is the
 * group's, a '/' and a name of their own: "encoder/conv2d"; groups may stand in groups. A group
 * that is called k times is one in which every member has k times as many calls as the model within
 * calls it: call j of the group uses the j-th part of them. What enters it passes through boundary
 * nodes (schema->boundary). */
typedef struct _TnGroup TnGroup;

TnGroup *tn_group_ref (const TnGroup *group);
void tn_group_unref (TnGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnGroup, tn_group_unref)

/* "encoder", or "outer/encoder" for one within another. */
const char *tn_group_name (const TnGroup *group);
/* Keras's class: "Functional" or "Sequential". */
const char *tn_group_type (const TnGroup *group);
/* Are its members shown, or one box in their place? */
gboolean tn_group_is_open (const TnGroup *group);
/* What one call of it puts out, in order; calls are counted within one call of the group. */
const TnRef *tn_group_outputs (const TnGroup *group, guint *n_outputs);
/* What its file says beyond that, for writing back; a dict or NULL. */
const TnValue *tn_group_extras (const TnGroup *group);

/* Does a layer or group of this name stand in it, at whatever depth? */
gboolean tn_group_holds (const TnGroup *group, const char *name);

/* The name without the groups it stands in: "conv2d" of "encoder/conv2d"; borrowed from @name. */
const char *tn_name_own (const char *name);
/* Length of what stands before it, without the last '/': 7; 0 when it stands in no group. */
gsize tn_name_group_length (const char *name);

G_END_DECLS
